import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelOffer } from '../../modelStore/modelRecord.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { Start } from './Start.tsx';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => vi.unstubAllGlobals());

const sample = { id: 's', title: 'Flange', category: 'flange', types: [], part: 'p.jpg', exemplars: [], note: 'Try.' };

function show(studio: TestStudio) {
  const element = document.createElement('div');
  const root = createRoot(element);
  const onChoose = vi.fn();
  act(() =>
    root.render(
      <StudioReactContext value={studio}>
        <TooltipProvider>
          <Start onChoose={onChoose} />
        </TooltipProvider>
      </StudioReactContext>,
    ),
  );
  return { element, root, onChoose };
}

describe('the empty page', () => {
  it('has one place to drop, samples, and says what will happen, with the model’s size once it is known', () => {
    const studio = createTestStudio();
    studio.store.setState({ samples: [sample] });
    const { element, root, onChoose } = show(studio);
    expect(element.querySelectorAll('.start-drop')).toHaveLength(1);
    expect(element.textContent).toContain('Try a sample');
    expect(element.textContent).toContain('Runs on this computer. Images are not uploaded.');
    expect(element.querySelector('[role="dialog"]')).toBeNull();
    const shipped = { storedBytes: 1_800_000 } as ModelOffer;
    act(() => studio.store.setState(({ models }) => ({ models: { ...models, shipped } })));
    expect(element.textContent).toContain('with a model of 1.8 MB. Images are not uploaded.');
    element.querySelector<HTMLButtonElement>('.start-drop button')!.click();
    expect(onChoose).toHaveBeenCalledOnce();
    act(() => root.unmount());
  });

  it('says of each sample beforehand whether the agent gets it right, is unsure, or gets it wrong', () => {
    const studio = createTestStudio();
    const outcomes = ['right', 'unsure', 'wrong'] as const;
    studio.store.setState({ samples: outcomes.map((outcome) => ({ ...sample, id: outcome, outcome })) });
    const { element, root } = show(studio);
    const told = [...element.querySelectorAll('.sample-outcome')].map(({ textContent }) => textContent?.trim());
    expect(told).toEqual([
      'The agent gets this right',
      'The agent is unsure: needs review',
      'Known failure: the agent gets this wrong',
    ]);
    act(() => studio.store.setState(({ models }) => ({ models: { ...models, chosen: 'another' } })));
    expect(element.querySelectorAll('.sample-outcome')).toHaveLength(0);
    act(() => root.unmount());
  });

  it('asks for good parts while the kind chosen has none, and says what happens without them', () => {
    const { element, root } = show(createTestStudio());
    expect(element.textContent).toContain('Add 3 to 10 good parts');
    expect(element.textContent).toContain('Without them nothing is compared.');
    act(() => root.unmount());
  });
});

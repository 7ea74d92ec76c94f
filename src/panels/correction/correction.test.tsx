/** Correcting without a mouse: the boxes as a list, and the keys of the one that is selected. */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, it, vi } from 'vitest';
import { ACTIONS } from '../../app/keyboard/registry.ts';
import { listenToKeys } from '../../app/keyboard/keyboard.ts';
import { importTrace } from '../../state/actions/traces.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { CorrectionEditor, CorrectionStart } from './Correction.tsx';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;
let end = () => {};
afterEach(() => end());

async function page() {
  const studio = createTestStudio();
  await importTrace(studio, JSON.stringify(recorded), 'run.json');
  const element = document.createElement('div');
  document.body.append(element);
  const root = createRoot(element);
  const { runId, trace } = studio.store.getState().current!;
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <CorrectionStart runId={runId} />
        <CorrectionEditor verdict={trace!.verdict} runId={runId} />
      </StudioReactContext>,
    ),
  );
  const host = { target: window, now: () => 0, isMac: false };
  const stop = listenToKeys({ host, context: studio, actions: ACTIONS, scopes: () => ['correction', 'workbench'] });
  end = () => {
    stop();
    root.unmount();
    element.remove();
  };
  const press = (key: string, shiftKey = false) =>
    flushSync(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })));
  const button = (name: string) =>
    [...element.querySelectorAll('button')].find((one) =>
      (one.getAttribute('aria-label') ?? one.textContent.trim()).startsWith(name),
    )!;
  const click = (name: string) => flushSync(() => button(name).click());
  const kept = () => studio.store.getState().corrections[runId];
  return { studio, element, press, click, kept };
}

it('a box is added, named, moved, resized, deleted; Escape lets go, then ends', async () => {
  const { studio, element, press, click, kept } = await page();
  press('x');
  click('Good part');
  expect(kept()).toMatchObject({ label: 'normal', regions: [] });
  click('Defective');
  click('Add a box');
  // The recorded part has 512 pixels a side: an arrow is three of them.
  expect(kept()!.regions[0]!.box).toEqual([192, 192, 320, 320]);
  press('ArrowRight');
  press('ArrowUp');
  press('ArrowDown', true);
  expect(kept()!.regions[0]!.box).toEqual([195, 189, 323, 320]);
  const select = element.querySelector('select')!;
  flushSync(() => {
    select.value = 'dent';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(kept()!.regions[0]!.type).toBe('dent');
  press('Delete');
  expect(kept()).toMatchObject({ label: 'anomalous', regions: [] });
  click('Add a box');
  press('Escape');
  expect(studio.store.getState().correcting).toMatchObject({ selected: null });
  press('Escape');
  expect(studio.store.getState().correcting).toBeNull();
  expect(element.textContent).toContain('Corrected: 1 box.');
});

it('begins with the boxes that the verdict calls defects', async () => {
  const { element, press } = await page();
  press('x');
  const defects = recorded.verdict.regions.filter(({ kind }) => kind === 'defect');
  expect(element.querySelectorAll('li')).toHaveLength(defects.length);
});

it('what was kept is listed box by box; choosing one corrects it', async () => {
  const { studio, element, press, click } = await page();
  press('x');
  click('Keep');
  await vi.waitFor(() => expect(studio.store.getState().correcting).toBeNull());
  const rows = [...element.querySelectorAll<HTMLElement>('[aria-label="Corrected boxes"] button')];
  expect(rows.map(({ textContent }) => textContent)).toEqual(['1 scratch x 155–168, y 193–261 px']);
  flushSync(() => rows[0]!.click());
  expect(studio.store.getState().correcting).toMatchObject({ selected: 0 });
});

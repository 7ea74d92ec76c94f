import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlayhead } from '../../state/playhead.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { Scrubber } from './Scrubber.tsx';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => vi.unstubAllGlobals());

/** The slider over a run of three turns whose picture never moves on: keys come faster than frames. */
function slider() {
  const playhead = createPlayhead({ frame: () => () => {}, reducedMotion: () => false });
  const end = turnCount(RUN);
  playhead.reset({ live: false, turns: end, t: 0 });
  const element = document.createElement('div');
  const root = createRoot(element);
  act(() =>
    root.render(
      <StudioReactContext value={{ ...createTestStudio(), playhead }}>
        <Scrubber run={RUN} />
      </StudioReactContext>,
    ),
  );
  const input = element.querySelector('input')!;
  /** As an arrow key does in a browser: one step from the slider's value. */
  const press = (by: 1 | -1) =>
    act(() => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
      set.call(input, String(Number(input.value) + by));
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  return { playhead, press, input, end, unmount: () => act(() => root.unmount()) };
}

describe('the scrubber', () => {
  it('loses no key press, however quickly they come, in either direction', () => {
    const { playhead, press, input, end, unmount } = slider();
    expect(end).toBeGreaterThanOrEqual(3);
    for (let count = 0; count < 3; count++) press(1);
    expect([playhead.asked(), input.value]).toEqual([3, '3']);
    press(-1);
    press(-1);
    expect([playhead.asked(), input.value]).toEqual([1, '1']);
    expect(input.getAttribute('aria-valuetext')).toContain('1');
    unmount();
  });
});

import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_RUN } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from '../../state/studioState.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { StatusBar } from './StatusBar.tsx';

const place = { sha256: 'aa', size: { width: 40, height: 30 }, category: null };
const live = { ...place, runId: 'r', name: 'part-7.png', activity: 'running', run: EMPTY_RUN } as Current;
const inspecting = { id: Symbol('inspection'), live };
const task = {
  id: 't',
  name: 'big model',
  isCancelling: false,
  progress: {
    phase: 'downloading',
    doneBytes: 412e6,
    totalBytes: 980e6,
    bytesPerSecond: null,
    secondsLeft: null,
    note: null,
  },
} as const;

let studio: TestStudio;
let root: Root;
let element: HTMLElement;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  studio = createTestStudio();
  element = document.createElement('div');
  root = createRoot(element);
  act(() =>
    root.render(
      <StudioReactContext value={studio}>
        <StatusBar />
      </StudioReactContext>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

const press = (name: string) =>
  act(() => [...element.querySelectorAll('button')].find(({ textContent }) => textContent === name)!.click());
const addModel = () => studio.store.setState(({ models }) => ({ models: { ...models, tasks: { big: task } } }));

describe('the status bar', () => {
  it('is there only while something goes on that is not in view', () => {
    expect(element.textContent).toBe('');
    act(() => studio.store.setState({ inspecting, current: live }));
    expect(element.textContent).toBe('');
    act(() => studio.store.setState({ current: { ...live, runId: 'another' } }));
    expect(element.textContent).toMatch(/^Inspecting part-7\.png/);
  });

  it('stops the inspection it tells of, and brings it back', () => {
    const stop = vi.spyOn(studio.engine, 'stop');
    act(() => studio.store.setState({ inspecting, current: null }));
    press('Stop');
    expect(stop).toHaveBeenCalledOnce();
    expect(studio.store.getState().inspecting?.live?.activity).toBe('stopping');
    press('Show');
    expect(studio.store.getState().current?.runId).toBe('r');
  });

  it('puts an inspection before a model that is being added', () => {
    act(addModel);
    expect(element.textContent).toMatch(/^big model.*412 MB of 980 MB/);
    act(() => studio.store.setState({ inspecting, current: null }));
    expect(element.textContent).toMatch(/^Inspecting/);
    act(() => studio.store.setState({ inspecting: null }));
    const cancel = vi.spyOn(studio.models, 'cancel');
    press('Cancel');
    expect(cancel).toHaveBeenCalledWith('t');
  });
});

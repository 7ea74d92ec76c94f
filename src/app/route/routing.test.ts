import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setCompareMode } from '../../state/actions/compare.ts';
import { clearStage } from '../../state/actions/inspect.ts';
import { selectRegion } from '../../state/actions/select.ts';
import { importTrace, openRun } from '../../state/actions/traces.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { startRouting } from './routing.ts';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;
const [region] = recorded.verdict.regions;

let studio: TestStudio;
let stop: () => void;

/** Opens the page at `hash`, with the runs `a` and `b` in its history. */
async function open(hash = '', { isNarrow = false } = {}): Promise<void> {
  stop();
  studio = createTestStudio();
  for (const id of ['a', 'b'])
    await importTrace(studio, JSON.stringify({ ...recorded, verdict: { ...recorded.verdict, id } }), `${id}.json`);
  studio.store.setState({ current: null, notices: [] });
  window.history.pushState(null, '', `#${hash}`);
  stop = startRouting(studio, { window, isNarrow: () => isNarrow });
  await settled();
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 260));
const shown = () => studio.store.getState().current?.runId ?? null;

async function back(): Promise<void> {
  const popped = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
  window.history.back();
  await popped;
  await vi.waitFor(() => expect(studio.store.getState().reading).toBe(0));
  await settled();
}

beforeEach(() => {
  stop = () => {};
});
afterEach(() => stop());

describe('the address', () => {
  it('shows what it names when the page is opened', async () => {
    await open('/inspect/a?step=6&view=curtain&tab=eye');
    const { compare, sideTab } = studio.store.getState();
    expect([shown(), studio.playhead.turn(), compare.mode, sideTab]).toEqual(['a', 6, 'curtain', 'eye']);
    expect(window.location.hash).toBe('#/inspect/a?step=6&view=curtain&tab=eye');
    expect(document.title).toBe(`${recorded.verdict.image.name} – AgentIAD Studio`);
  });

  it('leaves open what was opened before it is shown, and while its run is read', async () => {
    for (const moment of ['before', 'meanwhile'] as const)
      for (const hash of ['', '/inspect/a?drawer=library']) {
        await open();
        stop();
        studio.store.setState({ current: null });
        window.history.pushState(null, '', `#${hash}`);
        const closed: unknown[] = [];
        const unwatch = studio.store.subscribe(({ drawer }, was) => was.drawer === 'palette' && closed.push(drawer));
        if (moment === 'before') studio.store.setState({ drawer: 'palette' });
        stop = startRouting(studio, { window, isNarrow: () => false });
        if (moment === 'meanwhile') studio.store.setState({ drawer: 'palette' });
        await settled();
        unwatch();
        expect([shown(), studio.store.getState().drawer]).toEqual([hash === '' ? null : 'a', 'palette']);
        expect(closed.filter((drawer) => drawer !== 'palette')).toEqual([]);
      }
  });

  it('is that of a part dropped before the page had read what is stored', async () => {
    await open();
    stop();
    await openRun(studio, 'b');
    stop = startRouting(studio, { window, isNarrow: () => false });
    await settled();
    expect(window.location.hash).toBe('#/inspect/b');
  });

  it('says that an inspection it names is not here, and is that of the empty page then', async () => {
    await open('/inspect/gone?step=6');
    expect(shown()).toBeNull();
    expect(noticeCodes(studio)).toEqual(['run-unknown']);
    expect(window.location.hash).toBe('#/');
  });

  it('is written while an inspection runs, whose words come all the time', async () => {
    await open('/inspect/a?step=2');
    const words = setInterval(
      () => studio.store.setState(({ current }) => ({ current: current && { ...current } })),
      20,
    );
    studio.playhead.seek(6);
    await settled();
    clearInterval(words);
    expect(window.location.hash).toBe('#/inspect/a?step=6');
  });

  it('names the tab of the library page, which Back goes back to', async () => {
    await open('/?drawer=library&library=validation');
    const tab = () => [studio.store.getState().drawer, studio.store.getState().libraryTab];
    expect(tab()).toEqual(['library', 'validation']);
    showLibraryTab(studio, 'versions');
    await settled();
    expect(window.location.hash).toBe('#/?drawer=library&library=versions');
    await back();
    expect(tab()).toEqual(['library', 'validation']);
    studio.store.setState({ drawer: null });
    await settled();
    expect(window.location.hash).toBe('#/');
  });

  it('names the pane on a narrow page alone', async () => {
    await open('/inspect/a', { isNarrow: true });
    studio.store.setState({ narrowPane: 'verdict' });
    await settled();
    expect(window.location.hash).toBe('#/inspect/a?pane=verdict');
    await open('/inspect/a');
    studio.store.setState({ narrowPane: 'verdict' });
    await settled();
    expect(window.location.hash).toBe('#/inspect/a');
  });
});

describe('Back', () => {
  it('undoes the last selection, one after the other, and Forward does it again', async () => {
    await open();
    await openRun(studio, 'a');
    await settled();
    selectRegion(studio, region!.id);
    await settled();
    const chosen = studio.playhead.turn();
    setCompareMode(studio, 'side');
    await settled();
    await openRun(studio, 'b');
    await settled();

    await back();
    expect([shown(), studio.store.getState().compare.mode]).toEqual(['a', 'side']);
    expect(studio.store.getState().selected).toEqual({ regionId: region!.id, turn: chosen });
    await back();
    expect(studio.store.getState().compare.mode).toBe('off');
    await back();
    expect([shown(), studio.store.getState().selected]).toEqual(['a', null]);
    await back();
    expect(shown()).toBeNull();
    window.history.forward();
    await settled();
    expect(shown()).toBe('a');
  });

  it('does not go through every step that was walked, nor through what was closed again', async () => {
    await open('/inspect/a?step=1');
    const entries = window.history.length;
    for (let step = 0; step < 3; step++) {
      studio.playhead.next();
      await settled();
    }
    expect(window.location.hash).toBe('#/inspect/a?step=4');
    expect(window.history.length).toBe(entries);
    studio.store.setState({ drawer: 'history' });
    await settled();
    expect(window.location.hash).toBe('#/inspect/a?step=4&drawer=history');
    studio.store.setState({ drawer: null });
    await settled();
    await settled();
    expect(window.location.hash).toBe('#/inspect/a?step=4');
    studio.playhead.first();
    await settled();
    await back();
    expect([shown(), studio.playhead.turn()]).toEqual(['a', 4]);
  });

  it('to an inspection that was deleted says so and shows the empty page', async () => {
    await open('/inspect/a');
    clearStage(studio);
    await settled();
    await studio.storage.deleteRun('a');
    studio.store.setState(({ history }) => ({ history: history.filter(({ id }) => id !== 'a') }));
    await back();
    expect([shown(), noticeCodes(studio)]).toEqual([null, ['run-unknown']]);
  });
});

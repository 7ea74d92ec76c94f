// @vitest-environment node
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../runtime/client.ts';
import type { Alignment } from '../../runtime/compareMessages.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { shownComparison } from '../../stage/compareInput.ts';
import { sceneAt } from '@agentiad/core/replay/scene.ts';
import { exemplarChoices, pairKey } from '../compareState.ts';
import type { Current } from '../studioState.ts';
import { blink, cycleCompare, moveDivider, pickExemplar, stepExemplar, wantComparison } from './compare.ts';
import { takeImage } from './images.ts';
import { importTrace } from './traces.ts';

const recorded = readFileSync(new URL('../../../e2e/fixtures/recorded.trace.json', import.meta.url), 'utf8');

function alignment(isReliable: boolean): Alignment {
  const transform = { a: 1, b: 0, x: 3, y: 4 };
  return { registration: { transform, correlation: isReliable ? 0.9 : 0.2, overlap: 1, isReliable }, difference: null };
}

/** The recorded inspection on the stage; the engine aligns with what `align` says. */
async function openRecorded(align: Engine['align']) {
  const studio = createTestStudio();
  const context = { ...studio, engine: { ...studio.engine, align } };
  await importTrace(context, recorded, 'recorded.trace.json');
  const state = () => context.store.getState();
  const current = (): Current => state().current!;
  const choices = () => exemplarChoices({ current: current(), exemplars: [], similarities: {} });
  const shown = () => shownComparison(state(), sceneAt(current().run, context.playhead.t(), current().size));
  return { context, state, current, choices, shown };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('comparing', () => {
  it('lays each pair on each other once, from what the model saw where the files are not here', async () => {
    const sizes: number[] = [];
    const { context, current, choices, state } = await openRecorded((part, exemplar) => {
      sizes.push(part.bytes.byteLength, exemplar.bytes.byteLength);
      return Promise.resolve(alignment(true));
    });
    const [first] = choices();
    wantComparison(context, current(), first!);
    wantComparison(context, current(), first!);
    await settled();
    expect(sizes).toHaveLength(2);
    expect(Math.min(...sizes)).toBeGreaterThan(1000);
    expect(state().compare.alignments[pairKey(current().sha256, first!.sha256)]).toMatchObject({ state: 'done' });
  });

  it('goes through the modes by key, and shows side by side only what cannot be laid on each other', async () => {
    const { context, current, choices, state, shown } = await openRecorded(() => Promise.resolve(alignment(false)));
    expect(shown()).toBeNull();
    const modes = [0, 1, 2, 3].map(() => {
      cycleCompare(context);
      return state().compare.mode;
    });
    expect(modes).toEqual(['side', 'curtain', 'difference', 'off']);
    cycleCompare(context);
    cycleCompare(context);
    expect(shown()).toMatchObject({ mode: 'curtain', refused: null });
    for (const choice of choices()) wantComparison(context, current(), choice);
    await expect.poll(shown).toMatchObject({ mode: 'side', refused: 'curtain', isRegistered: false });
  });

  it('steps through the good parts round and round, and blinks without leaving the mode', async () => {
    const { context, choices, state, shown } = await openRecorded(() => Promise.reject(new Error('no worker')));
    cycleCompare(context);
    expect(shown()).toMatchObject({ by: 'agent', choice: { fetched: [9] } });
    stepExemplar(context, 1);
    expect(shown()).toMatchObject({ by: 'person', choice: { fetched: [3] } });
    stepExemplar(context, 1);
    expect(shown()!.choice.fetched).toEqual([9]);
    pickExemplar(context, choices()[0]!.sha256);
    blink(context, true);
    expect(shown()).toMatchObject({ mode: 'blink', choice: { fetched: [3] } });
    blink(context, false);
    expect(shown()!.mode).toBe('side');
    moveDivider(context, 1.4);
    expect(state().compare.divider).toBe(1);
  });

  it('is tried again when the file that was missing comes back', async () => {
    const bytes = new TextEncoder().encode('a good part');
    const { context, current, state, choices } = await openRecorded(() => Promise.resolve(alignment(true)));
    const gone = { ...choices()[0]!, sha256: sha256Hex(bytes), asset: null };
    const key = pairKey(current().sha256, gone.sha256);
    wantComparison(context, current(), gone);
    await settled();
    expect(state().compare.alignments[key]).toMatchObject({ state: 'failed', problem: { code: 'exemplar-missing' } });
    await takeImage(context, new File([bytes], gone.name));
    expect(state().compare.alignments[key]).toBeUndefined();
    wantComparison(context, current(), gone);
    await settled();
    expect(state().compare.alignments[key]).toMatchObject({ state: 'done' });
  });

  it('says why it could not be done', async () => {
    const { context, current, choices, state } = await openRecorded(() => Promise.reject(new Error('no worker')));
    const [first] = choices();
    wantComparison(context, current(), first!);
    await settled();
    expect(state().compare.alignments[pairKey(current().sha256, first!.sha256)]).toMatchObject({
      state: 'failed',
      problem: { subject: first!.name },
    });
  });
});

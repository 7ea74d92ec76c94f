// @vitest-environment node
/** Images that wait: for their turn, and for a model that is still being loaded. */
import 'fake-indexeddb/auto';
import { runScript, SAYS_NORMAL } from '@agentiad/core/agent/testing.ts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { recipeRecord } from '../../testing/records.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { loadStored } from './boot.ts';
import { clearStage } from './inspect.ts';
import { addFiles } from './intake.ts';

let trace: Trace;
beforeAll(async () => {
  trace = (await runScript({ turns: [SAYS_NORMAL] })).trace;
});

const dropped = () => [new File(['a'], 'a.png')];
const LOADING = { state: 'loading', phase: { step: 'starting', bytes: null, share: null } } as const;

/** A part on the stage while the model is loaded. */
async function waitingStudio() {
  const studio = createTestStudio({ trace });
  const ready = studio.store.getState().engine;
  studio.store.setState({ engine: LOADING });
  await addFiles(studio, dropped());
  await expect.poll(() => studio.storage.listQueue()).toHaveLength(1);
  return { studio, finishLoading: () => studio.store.setState({ engine: ready }) };
}

/** The page closed and opened again. */
async function reopened(studio: TestStudio): Promise<string[]> {
  const next = { ...createTestStudio(), storage: studio.storage };
  await loadStored(next);
  return next.store.getState().queue.map(({ name }) => name);
}

describe('an image that waits for the model', () => {
  it('is not lost with the page, and is not listed while it is on the stage', async () => {
    const { studio } = await waitingStudio();
    expect(studio.store.getState().queue).toEqual([]);
    expect(await reopened(studio)).toEqual(['a.png']);
  });

  it('waits no more once it is inspected', async () => {
    const { studio, finishLoading } = await waitingStudio();
    finishLoading();
    await expect.poll(() => studio.store.getState().current?.activity).toBe('open');
    expect(await reopened(studio)).toEqual([]);
  });

  it('is inspected with recipe and mode of one and the same version: that of when it begins', async () => {
    const studio = createTestStudio({ trace });
    const ready = studio.store.getState().engine;
    const recipe = recipeRecord({ id: 'r', category: 'cap', mode: 'pz', exemplarSha256: [] });
    const category = { name: 'cap', types: [], created: '', recipeId: 'r' };
    studio.store.setState({ engine: LOADING, categories: [category], category: 'cap', recipes: [recipe] });
    const inspected = vi.spyOn(studio.engine, 'inspect');
    await addFiles(studio, dropped());
    await expect.poll(() => studio.store.getState().current?.mode).toBe('pz');
    studio.store.setState({ recipes: [{ ...recipe, version: recipe.version + 1, mode: 'cot' }] });
    studio.store.setState({ engine: ready });
    await expect.poll(() => studio.store.getState().current?.activity).toBe('open');
    const [job] = inspected.mock.calls[0]!;
    expect([job.mode, job.recipe?.mode, job.recipe?.version]).toEqual(['cot', 'cot', recipe.version + 1]);
    expect(studio.store.getState().current?.mode).toBe('cot');
  });

  it('is listed, once, when it leaves the stage before', async () => {
    const { studio } = await waitingStudio();
    clearStage(studio);
    await expect.poll(() => studio.store.getState().queue.map(({ name }) => name)).toEqual(['a.png']);
    expect(await reopened(studio)).toEqual(['a.png']);
  });
});

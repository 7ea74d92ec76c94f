// @vitest-environment node
import 'fake-indexeddb/auto';
import { RUN } from '@agentiad/core/replay/testing.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import type { InspectJob } from '../../runtime/messages.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { recipeFor } from '../recipes.ts';
import { undoLast } from './changes.ts';
import { addLabelled, labelAs, readLabelled, removeLabelled } from './labelled.ts';
import { addExemplars, saveCategory } from './library.ts';
import { editRecipe } from './recipes.ts';
import { stopValidation, validate } from './validate.ts';

const ENGINE = {
  state: 'ready',
  speed: null,
  info: { card: { id: 'nano', name: 'nano', sha256: 'a'.repeat(64) }, towerSha256: 'b'.repeat(64), modelId: null },
} as never;

/** A score per name: `good-0.2.png` scores 0.2; `lost.png` ends with an error. */
function traceOf({ runId, name }: InspectJob): Trace {
  const verdict = RUN.verdict!;
  const score = Number(/-([\d.]+)\.png$/.exec(name)?.[1]);
  const scored = {
    ...verdict,
    id: runId,
    status: 'complete' as const,
    verdict: { ...verdict.verdict, score },
    timings: { totalMs: 5, modelMs: 3, toolMs: 2 },
  };
  return {
    schema: 'agentiad-trace/1',
    verdict: scored,
    prompt: { system: '', user: '' },
    images: RUN.images,
    steps: RUN.steps,
    assets: RUN.assets,
  };
}

async function studioWith(good: readonly string[], bad: readonly string[]) {
  const jobs: InspectJob[] = [];
  const studio = createTestStudio();
  // A clock that goes on: images are kept in the order they came.
  let ms = 0;
  const context: TestStudio = {
    ...studio,
    host: { ...studio.host, now: () => new Date(Date.UTC(2026, 4, 1) + (ms += 10)) },
    engine: {
      ...studio.engine,
      inspect(job) {
        jobs.push(job);
        return job.name.startsWith('lost') ? Promise.reject(new Error('lost')) : Promise.resolve(traceOf(job));
      },
    },
  };
  context.store.setState({ engine: ENGINE });
  await saveCategory(context, { name: 'cap', types: [] });
  await addLabelled(context, 'cap', files(good), 'normal');
  await addLabelled(context, 'cap', files(bad), 'anomalous');
  const state = () => context.store.getState();
  return { context, jobs, state, recipe: () => recipeFor(state(), 'cap') };
}

const files = (names: readonly string[]) => names.map((name) => new File([name], name));

describe('labelled images', () => {
  it('are labelled otherwise and removed, and undo takes each back, also in storage', async () => {
    const { context, state } = await studioWith(['good-0.1.png'], ['bad-0.9.png']);
    const truths = () => state().labelled['cap']!.map(({ truth }) => truth);
    const [first] = state().labelled['cap']!;
    await labelAs(context, 'cap', [first!.id], 'anomalous');
    expect(truths()).toEqual(['anomalous', 'anomalous']);
    await removeLabelled(context, 'cap', [first!.id]);
    expect(truths()).toEqual(['anomalous']);
    await undoLast(context);
    await undoLast(context);
    expect(truths()).toEqual(['normal', 'anomalous']);
    expect((await readLabelled(context, 'cap')).map(({ truth }) => truth)).toEqual(['normal', 'anomalous']);
  });

  it('that are good parts are refused by name', async () => {
    const { context, state } = await studioWith([], []);
    await addExemplars(context, 'cap', files(['same.png']));
    await addLabelled(context, 'cap', files(['same.png']), 'normal');
    expect(state().labelled['cap']).toEqual([]);
    expect(state().notices.map(({ problem }) => problem.subject)).toContain('same.png');
  });
});

describe('a validation', () => {
  it('inspects every labelled image, keeps the stage, and writes figures into the recipe', async () => {
    const { context, jobs, state, recipe } = await studioWith(['good-0.1.png', 'good-0.9.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    expect(jobs.map(({ name, isValidation }) => [name, isValidation])).toEqual([
      ['good-0.1.png', true],
      ['good-0.9.png', true],
      ['bad-0.8.png', true],
    ]);
    expect(state()).toMatchObject({ current: null, validating: null, inspecting: null });
    expect(recipe()).toMatchObject({
      version: 1,
      validation: {
        ...{ n: 3, good: 2, bad: 1, status: 'provisional' },
        overkill: { count: 1, of: 2 },
        escape: { count: 0, of: 1 },
      },
    });
    expect(recipe()!.validation!.reasons[0]).toMatch(/known-good parts; 10 are needed/);
    const [stored] = await context.storage.listRecipes();
    expect(stored?.validation?.n).toBe(3);
    expect(state().history.map(({ origin }) => origin)).toEqual(['validation', 'validation', 'validation']);
  });

  it('counts an image that cannot be inspected as failed and goes on', async () => {
    const { context, state, recipe } = await studioWith(['lost.png', 'good-0.1.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    expect(state().validations['cap']!.outcomes.map(({ score }) => score)).toEqual([null, 0.1, 0.8]);
    expect(recipe()!.validation!.reasons).toContain('1 of 3 inspections failed');
  });

  it('that was stopped goes on where it was, also after the page was closed', async () => {
    const { context, jobs, state, recipe } = await studioWith(['good-0.1.png', 'good-0.2.png'], ['bad-0.8.png']);
    const { inspect } = context.engine;
    const stopping = {
      ...context.engine,
      inspect: (...given: Parameters<typeof inspect>) => {
        if (jobs.length === 1) stopValidation(context);
        return inspect(...given);
      },
    };
    await validate({ ...context, engine: stopping }, 'cap');
    expect(recipe()?.validation).toBeNull();
    const done = jobs.length;
    expect(done).toBe(2);
    context.store.setState({ validations: {} });
    await validate(context, 'cap');
    expect(jobs.map(({ name }) => name)).toEqual(['good-0.1.png', 'good-0.2.png', 'bad-0.8.png']);
    expect(state().validations['cap']!.record.status).toBe('complete');
    expect(recipe()!.validation!.n).toBe(3);
  });

  it('begins anew once something that changes scores is another, and only then', async () => {
    const { context, jobs } = await studioWith(['good-0.1.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    await editRecipe(context, 'cap', { t1: 0.3 });
    await validate(context, 'cap');
    expect(jobs).toHaveLength(2);
    await editRecipe(context, 'cap', { specification: 'no scratches' });
    await validate(context, 'cap');
    expect(jobs).toHaveLength(4);
  });
});

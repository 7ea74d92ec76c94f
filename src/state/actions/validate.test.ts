// @vitest-environment node
import 'fake-indexeddb/auto';
import { RUN } from '@agentiad/core/replay/testing.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { calibratedCases } from '@agentiad/core/validation/calibrate.ts';
import { ratesAt } from '@agentiad/core/validation/rates.ts';
import { describe, expect, it } from 'vitest';
import type { InspectJob } from '../../runtime/messages.ts';
import { exemplarRecord } from '../../testing/records.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { filterRuns, nextUndecided } from '../decisions.ts';
import { recipeFor, standingOf } from '../recipes.ts';
import { exemplarsOf } from '../studioState.ts';
import { measuredOf, testable, validationOf } from '../validations.ts';
import { loadStored } from './boot.ts';
import { undoLast } from './changes.ts';
import { keepWaiting } from './keepRecipe.ts';
import { addLabelled, labelAs, readLabelled, removeLabelled } from './labelled.ts';
import { addExemplars, deleteExemplars, saveCategory } from './library.ts';
import { deleteRecipe, duplicateRecipe, editRecipe } from './recipes.ts';
import { readValidation, stopValidation, validate } from './validate.ts';
import { writeValidation } from './writeValidation.ts';

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

  it('does not fill the history nor wait for decisions; its inspections are listed apart', async () => {
    const { context, state } = await studioWith(['good-0.1.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    const listed = (['all', 'undecided', 'disagreements', 'validation'] as const).map(
      (filter) => filterRuns(state(), filter).length,
    );
    expect(listed).toEqual([0, 0, 0, 2]);
    expect(nextUndecided(state(), 'none')).toBeNull();
    const [worst] = filterRuns(state(), 'validation');
    expect((await context.storage.loadRun(worst!.id))?.stored.verdict).not.toBeNull();
  });

  it('counts an image that cannot be inspected as failed and goes on', async () => {
    const { context, state, recipe } = await studioWith(['lost.png', 'good-0.1.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    expect(state().validations['cap']!.outcomes.map(({ score }) => score)).toEqual([null, 0.1, 0.8]);
    expect(state().validations['cap']!.outcomes.map(({ problem }) => problem?.code)).toEqual([
      'internal',
      undefined,
      undefined,
    ]);
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

  it('stays what was measured when images are labelled otherwise or removed afterwards, and is out of date', async () => {
    const { context, state, recipe } = await studioWith(['good-0.1.png', 'good-0.9.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    const measured = recipe()!.validation!;
    expect(measured).toMatchObject({ n: 3, bad: 1, overkill: { count: 1, of: 2 }, stale: false });
    const { id } = state().labelled['cap']![1]!;
    for (const change of [
      () => labelAs(context, 'cap', [id], 'anomalous'),
      () => removeLabelled(context, 'cap', [id]),
    ]) {
      await change();
      expect(recipe()!.validation).toEqual({ ...measured, labelledChanged: true, stale: true });
      expect(standingOf(state(), recipe()!)).toEqual({ state: 'stale', changes: [{ what: 'labelled' }] });
      const { cases } = measuredOf(validationOf(state(), 'cap')!, recipe()!, state().labelled['cap']!);
      expect(cases.map(({ truth }) => truth)).toEqual(['normal', 'normal', 'anomalous']);
    }
    await undoLast(context);
    expect(recipe()!.validation!.labelledChanged).toBe(true);
    await undoLast(context);
    const [stored] = await context.storage.listRecipes();
    expect(stored?.validation).toMatchObject({ ...measured, labelledChanged: false });
    expect(standingOf(state(), recipe()!).state).toBe('provisional');
  });

  it('counts with the labels as they are now when somebody asks for that, and asks the model nothing', async () => {
    const { context, state, recipe, jobs } = await studioWith(['good-0.1.png', 'good-0.9.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    await labelAs(context, 'cap', [state().labelled['cap']![1]!.id], 'anomalous');
    await validate(context, 'cap');
    expect(jobs).toHaveLength(3);
    expect(recipe()!.validation).toMatchObject({ n: 3, bad: 2, overkill: { count: 0, of: 1 }, stale: false });
    expect(recipe()!.validation!.labelledChanged).toBeUndefined();
    await removeLabelled(context, 'cap', [state().labelled['cap']![0]!.id]);
    await validate(context, 'cap');
    expect(recipe()!.validation).toMatchObject({ n: 2, good: 0, bad: 2 });
  });

  it('announces what it inspects: labelled images that are good parts as well are left out', async () => {
    const { context, state, jobs } = await studioWith(['good-0.1.png', 'good-0.2.png'], ['bad-0.8.png']);
    const [first] = state().labelled['cap']!;
    const known = { id: 'e', category: 'cap', name: 'same.png', sha256: first!.sha256 };
    context.store.setState({ exemplars: [exemplarRecord(known)] });
    const { usable, leftOut } = testable(state().labelled['cap']!, exemplarsOf(state(), 'cap'));
    await validate(context, 'cap');
    expect(jobs.map(({ name }) => name)).toEqual(usable.map(({ name }) => name));
    expect(leftOut.map(({ name }) => name)).toEqual(['good-0.1.png']);
  });

  it('of a recipe that is changed meanwhile is kept as stale', async () => {
    const { context, recipe } = await studioWith(['good-0.1.png', 'good-0.2.png'], ['bad-0.8.png']);
    const { inspect } = context.engine;
    const editing = {
      ...context.engine,
      async inspect(...given: Parameters<typeof inspect>) {
        await editRecipe(context, 'cap', { specification: 'no scratches' });
        return inspect(...given);
      },
    };
    await validate({ ...context, engine: editing }, 'cap');
    expect(recipe()).toMatchObject({ version: 2, validation: { n: 3, stale: true } });
  });

  it('that has not come to its end changes no figures, whatever an escape is said to cost', async () => {
    const { context, state, recipe } = await studioWith(['good-0.1.png'], ['bad-0.8.png']);
    await validate(context, 'cap');
    await addLabelled(context, 'cap', files(['good-0.2.png']), 'normal');
    const { record, outcomes } = state().validations['cap']!;
    const begun = { record: { ...record, status: 'stopped' as const }, outcomes: outcomes.slice(0, 1) };
    context.store.setState({ validations: { cap: begun } });
    await writeValidation(context, 'cap', 50);
    expect(recipe()!.validation).toMatchObject({ n: 2, costRatio: 10 });
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

/** Does `act` while the image number `at` is inspected. */
function during(context: TestStudio, at: number, act: () => unknown): TestStudio {
  let asked = 0;
  const { inspect } = context.engine;
  Object.assign(context.engine, {
    async inspect(...given: Parameters<typeof inspect>) {
      if (++asked === at) await act();
      return inspect(...given);
    },
  });
  return context;
}

const [GOOD, BAD] = [['good-0.1.png', 'good-0.2.png'], ['bad-0.8.png']];

describe('what changes while a validation runs', () => {
  const otherModel = (context: TestStudio) => () =>
    context.store.setState({
      engine: {
        ...(ENGINE as object),
        info: { card: { id: 'big', name: 'big', sha256: 'c'.repeat(64) }, towerSha256: 'b'.repeat(64) },
      } as never,
    });
  const goodPartGone = (context: TestStudio) => () =>
    deleteExemplars(
      context,
      context.store.getState().exemplars.map(({ id }) => id),
    );

  it.each([
    ['another model', otherModel],
    ['a good part that is removed', goodPartGone],
  ])('%s: it stops, says why, and nothing made with either counts for the other', async (_what, act) => {
    const { context, jobs, state, recipe } = await studioWith(GOOD, BAD);
    await addExemplars(context, 'cap', files(['e.png']));
    await validate(during(context, 2, act(context)), 'cap');
    expect(jobs).toHaveLength(2);
    expect(state().validations['cap']!.outcomes.map(({ name }) => name)).toEqual(['good-0.1.png']);
    expect(state().validations['cap']!.record.status).toBe('stopped');
    expect(noticeCodes(context)).toEqual(['validation-changed']);
    expect(recipe()!.validation).toBeNull();
    expect(state().validating).toBeNull();
    await validate(context, 'cap');
    expect(jobs.slice(2).map(({ name }) => name)).toEqual(['good-0.1.png', 'good-0.2.png', 'bad-0.8.png']);
    expect(recipe()!.validation).toMatchObject({
      n: 3,
      with: { modelSha256: state().engine.state === 'ready' && expect.any(String) },
    });
  });

  it('what is being typed does not take its figures away in storage', async () => {
    const { context } = await studioWith(GOOD, BAD);
    await validate(
      during(context, 3, () => editRecipe(context, 'cap', { name: 'Caps' }, { typing: true })),
      'cap',
    );
    await keepWaiting(context);
    const [stored] = await context.storage.listRecipes();
    expect(stored).toMatchObject({ name: 'Caps', validation: { n: 3 } });
  });

  it('another recipe that is chosen does not get its figures, on the page neither', async () => {
    const { context, state, recipe } = await studioWith(GOOD, BAD);
    await validate(
      during(context, 2, () => duplicateRecipe(context, recipe()!.id)),
      'cap',
    );
    const [first, second] = state().recipes.toSorted((a, b) => a.name.localeCompare(b.name));
    expect([first!.validation?.n, second!.validation]).toEqual([3, null]);
    expect(recipe()).toBe(second);
    expect(validationOf(state(), 'cap')).toBeNull();
  });

  it('a recipe that is deleted stays deleted', async () => {
    const { context, state } = await studioWith(GOOD, BAD);
    await validate(
      during(context, 2, () => deleteRecipe(context, state().recipes[0]!.id)),
      'cap',
    );
    expect(state().recipes).toEqual([]);
    expect(await context.storage.listRecipes()).toEqual([]);
    await undoLast(context);
    expect(state().recipes).toHaveLength(1);
  });

  it('labels that are corrected count as they are at the end', async () => {
    const { context, state, recipe } = await studioWith(GOOD, BAD);
    const first = () => state().labelled['cap']![0]!.id;
    await validate(
      during(context, 2, () => labelAs(context, 'cap', [first()], 'anomalous')),
      'cap',
    );
    expect(recipe()!.validation).toMatchObject({ good: 1, bad: 2, escape: { count: 1, of: 2 } });
  });
});

describe('figures in the recipe', () => {
  it('follow the thresholds, and are the same on the page after a reload, by the calibration of then', async () => {
    const scores = Array.from({ length: 12 }, (_, index) => index);
    const { context, recipe } = await studioWith(
      scores.map((index) => `good${index}-${(0.02 + 0.04 * index).toFixed(2)}.png`),
      scores.map((index) => `bad${index}-${(0.4 + 0.045 * index).toFixed(3)}.png`),
    );
    await validate(context, 'cap');
    const { calibration } = recipe()!.validation!;
    expect(calibration).not.toBeNull();
    await editRecipe(context, 'cap', { t1: 0.2, t2: 0.4 });
    await writeValidation(context, 'cap', 50);
    const kept = recipe()!;
    expect(kept.validation).toMatchObject({ calibration, n: 24, costRatio: 50 });
    // A label that is another now is no reason to calibrate anew what verdicts are made with.
    await labelAs(context, 'cap', [context.store.getState().labelled['cap']![11]!.id], 'anomalous');

    const there = createTestStudio({ databaseOf: context });
    await loadStored(there);
    there.store.setState({ category: 'cap' });
    const labelled = await readLabelled(there, 'cap');
    const found = (await readValidation(there, 'cap'))!;
    const stored = recipeFor(there.store.getState(), 'cap')!;
    const shown = measuredOf(found, stored, labelled);
    expect(shown.calibration).toEqual(calibration);
    const { escape, overkill, review } = ratesAt(calibratedCases(shown.cases, shown.calibration), stored);
    expect({ escape, overkill, review }).toEqual({
      escape: kept.validation!.escape,
      overkill: kept.validation!.overkill,
      review: kept.validation!.review,
    });
    expect(stored.validation).toEqual({ ...kept.validation, labelledChanged: true, stale: true });
  });

  it('are not replaced by those of a validation that was stopped', async () => {
    const { context, state, recipe } = await studioWith(GOOD, BAD);
    await validate(context, 'cap');
    await editRecipe(context, 'cap', { specification: 'no scratches' });
    await validate(
      during(context, 2, () => stopValidation(context)),
      'cap',
    );
    expect(state().validations['cap']!.record.status).toBe('stopped');
    await writeValidation(context, 'cap', 20);
    expect(recipe()!.validation).toMatchObject({ n: 3, stale: true });
  });
});

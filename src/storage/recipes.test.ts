// @vitest-environment node
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { exemplarRecord, recipeRecord, runRecord } from '../testing/records.ts';
import type { LabelledRecord, OutcomeRecord, ValidationRecord } from './schema.ts';
import { createStorage, type ImageFile, type Storage } from './storage.ts';
import type { StoredRun } from './tracePacking.ts';

let storage: Storage;
let count = 0;

beforeEach(() => {
  storage = createStorage({}, `recipes-${++count}`);
});
afterEach(() => storage.close());

const stored: StoredRun = {
  schema: 'agentiad-trace/1',
  verdict: RUN.verdict,
  prompt: { system: '', user: '' },
  images: [],
  steps: RUN.steps,
  assets: {},
};

const image = (sha256: string): ImageFile => ({
  sha256,
  mime: 'image/png',
  bytes: new Uint8Array([1, 2, 3]).buffer,
  thumb: new Uint8Array([4]).buffer,
  thumbMime: 'image/webp',
  added: '2026-01-01T00:00:00.000Z',
});

const labelled = (id: string): LabelledRecord => ({
  ...{ id, category: 'cap', name: `${id}.png`, sha256: id, truth: 'normal', type: null, source: null },
  added: `2026-01-01T00:00:00.00${id.length}Z`,
});

const validation = (id: string): ValidationRecord => ({
  ...{ id, category: 'cap', created: `2026-02-0${id.length}`, status: 'running' },
  recipe: { id: 'r', version: 1, name: 'cap' },
  with: {} as ValidationRecord['with'],
});

const outcome = (sha256: string): OutcomeRecord => ({
  ...{ validationId: 'v', sha256, name: sha256, truth: 'normal', runId: `run-${sha256}` },
  ...{ score: 0.1, libraryScore: null, libraryMs: null, durationMs: 3 },
});

describe('recipes', () => {
  it('keep every version; deleted ones leave their kinds of part and come back whole', async () => {
    await storage.putCategory({ name: 'cap', types: [], created: '', recipeId: 'r' });
    for (const version of [1, 2, 11]) await storage.putRecipe(recipeRecord({ id: 'r', version }));
    await storage.putRecipe(recipeRecord({ id: 'r2', version: 5 }));
    expect((await storage.listRecipes()).map(({ id, version }) => [id, version])).toEqual([
      ['r', 11],
      ['r2', 5],
    ]);
    expect((await storage.listRecipeVersions('r')).map(({ version }) => version)).toEqual([1, 2, 11]);
    await storage.deleteRecipe('r');
    expect((await storage.listRecipes()).map(({ id }) => id)).toEqual(['r2']);
    expect((await storage.listCategories())[0]!.recipeId).toBeNull();
    expect(await storage.listRecipeVersions('r')).toHaveLength(3);
  });

  it('are validated image by image: outcome, run and trace are stored together or not at all', async () => {
    await storage.putValidation(validation('v'));
    await storage.putValidation(validation('newer'));
    await storage.putOutcome(outcome('a'), runRecord({ id: 'run-a', origin: 'validation' }), stored);
    await storage.putOutcome(outcome('b'), runRecord({ id: 'run-b', origin: 'validation' }), stored);
    const unclonable = { ...stored, steps: [() => {}] } as unknown as StoredRun;
    await expect(storage.putOutcome(outcome('c'), runRecord({ id: 'run-c' }), unclonable)).rejects.toThrow();
    expect((await storage.listOutcomes('v')).map(({ sha256 }) => sha256)).toEqual(['a', 'b']);
    expect((await storage.listRuns()).map(({ id }) => id).sort()).toEqual(['run-a', 'run-b']);
    expect((await storage.listValidations('r')).map(({ id }) => id)).toEqual(['newer', 'v']);
  });

  it('hold on to the runs that their validations rest on; these go with the validation unless somebody decided', async () => {
    await storage.putValidation(validation('v'));
    for (const sha256 of ['a', 'b']) {
      await storage.putImage(image(sha256));
      await storage.putOutcome(outcome(sha256), runRecord({ id: `run-${sha256}`, imageSha256: sha256 }), stored);
    }
    await expect(storage.deleteRun('run-a')).rejects.toMatchObject({ code: 'run-validates', subject: 'run-a.png' });
    expect(await storage.loadRun('run-a')).not.toBeNull();
    const correction = { label: 'normal', regions: [], author: '', at: '', verdictSha256: '' } as const;
    await storage.putCorrection({ runId: 'run-b', ...correction });
    await storage.deleteValidation('v');
    expect(await storage.listValidations('r')).toEqual([]);
    expect(await storage.listOutcomes('v')).toEqual([]);
    expect((await storage.listRuns()).map(({ id }) => id)).toEqual(['run-b']);
    expect(await storage.collectGarbage('2026-03-01')).toBe(1);
    await storage.deleteRun('run-b');
    expect(await storage.listCorrections()).toEqual([]);
  });
});

describe('many images', () => {
  it('are stored with their files, all or none', async () => {
    const records = ['a', 'b'].map((id) => exemplarRecord({ id, category: 'cap', name: id, sha256: id }));
    await storage.putExemplars(records, [image('a'), image('b')]);
    expect(await storage.listExemplars()).toEqual(records);
    expect((await storage.readThumb('b'))?.mime).toBe('image/webp');
    const broken = {
      ...exemplarRecord({ id: 'd', category: 'cap', name: 'd', sha256: 'd' }),
      note: (() => {}) as never,
    };
    const good = exemplarRecord({ id: 'c', category: 'cap', name: 'c', sha256: 'c' });
    await expect(storage.putExemplars([good, broken], [image('c'), image('d')])).rejects.toThrow();
    expect(await storage.listExemplars()).toEqual(records);
    expect(await storage.readAsset('c')).toBeNull();
  });

  it('of known truth are kept per kind of part and go with it, and no file they need is dropped', async () => {
    await storage.putCategory({ name: 'cap', types: [], created: '', recipeId: null });
    await storage.putLabelled([labelled('aa'), labelled('a')], [image('a'), image('aa')]);
    expect((await storage.listLabelled('cap')).map(({ id }) => id)).toEqual(['a', 'aa']);
    expect(await storage.collectGarbage('2026-03-01')).toBe(0);
    await storage.deleteLabelled(['a']);
    expect(await storage.collectGarbage('2026-03-01')).toBe(1);
    await storage.deleteCategory('cap');
    expect(await storage.listLabelled('cap')).toEqual([]);
  });

  it('taken out can be put back for a month: so long their files stay', async () => {
    const records = ['a', 'b'].map((id) => exemplarRecord({ id, category: 'cap', name: id, sha256: id }));
    await storage.putExemplars(records, [image('a'), image('b')]);
    await storage.deleteExemplars(records, '2026-03-01T00:00:00.000Z');
    await storage.updateExemplar({ ...records[0]!, note: 'written too late' });
    expect(await storage.listExemplars()).toEqual([]);
    expect(await storage.collectGarbage('2026-03-30T00:00:00.000Z')).toBe(0);
    expect(await storage.collectGarbage('2026-04-01T00:00:00.000Z')).toBe(2);
  });

  it('have features of one tower at a time', async () => {
    const features = (tower: string, sha256: string) => ({
      ...{ key: `${tower}:${sha256}:0`, towerSha256: tower, sha256, features: { rows: new Int8Array([1, -2]) } },
    });
    for (const tower of ['a', 'b', 'c']) await storage.putFeatures(features(tower, 'x'));
    expect(await storage.deleteFeaturesOfOtherTowers('b')).toBe(2);
    expect(await storage.readFeatures('a:x:0')).toBeNull();
    expect(await storage.readFeatures('b:x:0')).toEqual(features('b', 'x'));
  });

  it('have features as long as they are good parts, or can become so again', async () => {
    const records = ['a', 'b', 'c'].map((id) => exemplarRecord({ id, category: 'cap', name: id, sha256: id }));
    await storage.putExemplars(records, [image('a'), image('b'), image('c')]);
    for (const sha256 of ['a', 'b', 'c', 'offered back'])
      for (const view of ['0', '1'])
        await storage.putFeatures({ key: `t:${sha256}:${view}`, towerSha256: 't', sha256, features: {} });
    // Inspected too: its file stays.
    await storage.putRun(runRecord({ id: 'run-b', imageSha256: 'b' }), stored);
    await storage.deleteExemplars(records.slice(1), '2026-03-01T00:00:00.000Z');
    const there = async () =>
      (
        await Promise.all(
          ['a', 'b', 'c', 'offered back'].flatMap((sha256) =>
            ['0', '1'].map((view) => storage.readFeatures(`t:${sha256}:${view}`)),
          ),
        )
      ).flatMap((found) => found?.key ?? []);
    await storage.collectGarbage('2026-03-15T00:00:00.000Z', ['offered back']);
    expect(await there()).toHaveLength(8);
    await storage.collectGarbage('2026-04-15T00:00:00.000Z');
    expect(await there()).toEqual(['t:a:0', 't:a:1']);
    expect(await storage.readAsset('b')).not.toBeNull();
  });
});

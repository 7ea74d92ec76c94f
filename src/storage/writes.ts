/** Which of the storage's methods write, in one table, and the one place where every write goes through. */
import type { Storage } from './storage.ts';

export const METHODS = {
  ...{ listRuns: 'reads', putRun: 'writes', loadRun: 'reads', deleteRun: 'writes' },
  ...{ listDecisions: 'reads', putDecision: 'writes', deleteDecision: 'writes' },
  ...{ listCorrections: 'reads', putCorrection: 'writes', deleteCorrection: 'writes' },
  ...{ listQueue: 'reads', putQueued: 'writes', deleteQueued: 'writes' },
  ...{ putImage: 'writes', putImages: 'writes', readAsset: 'reads', readThumb: 'reads' },
  ...{ listCategories: 'reads', putCategory: 'writes', deleteCategory: 'writes' },
  ...{ listExemplars: 'reads', putExemplar: 'writes', putExemplars: 'writes', updateExemplar: 'writes' },
  ...{ deleteExemplar: 'writes', deleteExemplars: 'writes', listRemoved: 'reads', putBack: 'writes' },
  ...{ listLabelled: 'reads', putLabelled: 'writes', deleteLabelled: 'writes' },
  ...{ readFeatures: 'reads', putFeatures: 'writes', deleteFeaturesOfOtherTowers: 'writes' },
  ...{ listRecipes: 'reads', putRecipe: 'writes', deleteRecipe: 'writes', listRecipeVersions: 'reads' },
  ...{ putValidation: 'writes', listValidations: 'reads', deleteValidation: 'writes' },
  ...{ putOutcome: 'writes', listOutcomes: 'reads' },
  ...{ readSetting: 'reads', writeSetting: 'writes' },
  ...{ listOldValidations: 'reads', measure: 'reads' },
  ...{ readRecords: 'reads', listBytes: 'reads', putBytes: 'writes', putRecords: 'writes' },
  ...{ collectGarbage: 'writes', keepingAll: 'reads', close: 'reads' },
} as const satisfies Record<keyof Storage, 'reads' | 'writes'>;

export const WRITES = (Object.keys(METHODS) as (keyof Storage)[]).filter((name) => METHODS[name] === 'writes');

type Write = (...given: readonly unknown[]) => Promise<unknown>;

/** The same storage, every write of it done by `around`, which is told the method's name and does `write` or refuses. */
export function aroundWrites(
  storage: Storage,
  around: (name: keyof Storage, write: () => Promise<unknown>) => Promise<unknown>,
): Storage {
  const wrapped = WRITES.map((name) => {
    const write = storage[name] as Write;
    return [name, (...given: readonly unknown[]) => around(name, () => write(...given))] as const;
  });
  return { ...storage, ...(Object.fromEntries(wrapped) as Partial<Storage>) };
}

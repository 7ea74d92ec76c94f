/** What a run trains on of an imported dataset: its train split, both labels alike, whole photographs or windows. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LabelledCase } from './labelledCase.ts';
import { readManifest } from './manifest.ts';
import { manifestCases } from './manifestSource.ts';
import { windowCases } from './windowSource.ts';

export interface ManifestTraining {
  readonly count: number;
  readonly exemplars: number;
  readonly windowSize?: number;
  readonly seed: number;
}

/** Throws a UserError for a train split that shows one label only. */
export async function manifestTrainingCases(
  file: string,
  { count, exemplars, windowSize, seed }: ManifestTraining,
): Promise<LabelledCase[]> {
  const { rows } = await readManifest(file);
  const labels = new Set(rows.filter(({ split }) => split === 'train').map(({ label }) => label));
  if (!labels.has('anomalous') || (!labels.has('normal') && windowSize === undefined)) {
    throw new UserError({
      code: 'manifest-train-split',
      subject: file,
      reason: `its train split has ${labels.size === 0 ? 'no' : `only ${[...labels].join()}`} images.`,
      remedy: 'Import the dataset with --split train=0.2,test=0.8 so that some labelled images are for training.',
    });
  }
  const options = { splits: ['train'], exemplarCount: exemplars, seed } as const;
  return windowSize === undefined
    ? manifestCases(file, { ...options, limit: count })
    : windowCases(file, { ...options, count, windowSize });
}

/** The cases a run trains on, as its configuration says. Held-out boards and families never appear here. */
import path from 'node:path';
import { deepPcbCases, readDeepPcb } from '../data/deepPcbSource.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { manifestTrainingCases } from '../data/manifestTraining.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { splitByGroup } from '../data/split.ts';
import { familiesOf } from '../parts/split.ts';
import type { RunConfig, SourceConfig } from '../run/config.ts';

/** `dataFolder`: where the manifests of public sets lie. */
export async function trainingCases(run: RunConfig, dataFolder: string): Promise<LabelledCase[]> {
  const cases = await Promise.all(run.data.sources.map((source) => casesOf(source, run.seed, dataFolder)));
  return cases.flat();
}

async function casesOf(source: SourceConfig, seed: number, dataFolder: string): Promise<LabelledCase[]> {
  switch (source.kind) {
    case 'procedural': {
      const { count, designsPerFamily, exemplars, looseShare } = source;
      return proceduralCases({
        families: familiesOf('train'),
        split: 'train',
        count,
        seed,
        exemplars,
        designsPerFamily,
        looseShare,
      });
    }
    case 'deeppcb': {
      const { count, exemplars, heldOutShare, aligned = false } = source;
      const manifest = path.resolve(dataFolder, source.manifest);
      const { train } = await splitBoards({ manifest, heldOutShare });
      // The authors' test scans, where a manifest has them, are not for training.
      const scans = (await readDeepPcb(manifest)).filter(({ row }) => row.split === 'train');
      return deepPcbCases(scans, { count, seed, boards: train, exemplarCount: exemplars, isMisaligned: !aligned });
    }
    case 'manifest':
      return manifestTrainingCases(path.resolve(dataFolder, source.manifest), { ...source, seed });
  }
}

/** Whole boards, split by a seed of their own so that every run holds out the same ones. */
export async function splitBoards(source: {
  readonly manifest: string;
  readonly heldOutShare: number;
}): Promise<{ train: ReadonlySet<string>; heldOut: ReadonlySet<string> }> {
  const scans = await readDeepPcb(source.manifest);
  const { heldOutShare } = source;
  const split = splitByGroup(
    scans,
    ({ board }) => board,
    { train: 1 - heldOutShare, heldOut: heldOutShare },
    BOARD_SEED,
  );
  const boards = (of: typeof scans) => new Set(of.map(({ board }) => board));
  return { train: boards(split.train), heldOut: boards(split.heldOut) };
}

const BOARD_SEED = 20085;

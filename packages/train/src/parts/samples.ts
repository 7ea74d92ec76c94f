/** The sample parts shown to new users: which designs, which parts, which defects. Files are written by `agentiad samples`. */
import { CATEGORY_SEEDS } from '../data/proceduralSource.ts';
import { renderPart } from './renderPart.ts';
import type { DefectType, RenderedPart } from './types.ts';
import { familyByName } from './families/index.ts';

const SAMPLE_SIZE = 512;
const SAMPLE_EXEMPLARS = 5;

/**
 * What the shipped model makes of a sample: its answer is right, its score lies between the usual thresholds so that it
 * goes to a person, or its answer is wrong. Measured; `samples.test.ts` measures again.
 */
export type SampleOutcome = 'right' | 'unsure' | 'wrong';

interface SamplePart {
  readonly id: string;
  readonly title: string;
  readonly partSeed: number;
  readonly defect: DefectType | null;
  readonly severity?: number;
  readonly outcome: SampleOutcome;
  readonly note: string;
}

interface SampleCategory {
  readonly category: string;
  readonly family: string;
  readonly categorySeed: number;
  readonly parts: readonly SamplePart[];
}

const seen = 'A design the model was not trained on, of a family it was trained on.';
const unseen = 'A family that was held out of training as a whole.';

/** The first seeds of a design are its exemplars; parts use higher ones. */
export const SAMPLE_CATEGORIES: readonly SampleCategory[] = [
  {
    category: 'flange',
    family: 'brushedDisc',
    categorySeed: CATEGORY_SEEDS.samples + 1,
    parts: [
      {
        id: 'flange-chip',
        title: 'Flange, chipped rim',
        partSeed: 33,
        defect: 'chip',
        severity: 0.3,
        outcome: 'right',
        note: seen,
      },
      {
        id: 'flange-scratch',
        title: 'Flange, scratched',
        partSeed: 31,
        defect: 'scratch',
        severity: 0.05,
        outcome: 'wrong',
        note: seen,
      },
      { id: 'flange-good', title: 'Flange, good', partSeed: 32, defect: null, outcome: 'unsure', note: seen },
    ],
  },
  {
    category: 'blister pack',
    family: 'blisterPack',
    categorySeed: CATEGORY_SEEDS.samples + 3,
    parts: [
      {
        id: 'blister-empty',
        title: 'Blister pack, one cavity empty',
        partSeed: 21,
        defect: 'missing_part',
        outcome: 'right',
        note: seen,
      },
      { id: 'blister-good', title: 'Blister pack, good', partSeed: 22, defect: null, outcome: 'unsure', note: seen },
      {
        id: 'blister-crumb',
        title: 'Blister pack, foreign crumb',
        partSeed: 23,
        defect: 'extra_material',
        severity: 0.4,
        outcome: 'right',
        note: seen,
      },
    ],
  },
  {
    category: 'circuit board',
    family: 'circuitBoard',
    categorySeed: CATEGORY_SEEDS.samples + 2,
    parts: [
      {
        id: 'board-bridge',
        title: 'Circuit board, copper bridge',
        partSeed: 41,
        defect: 'extra_material',
        severity: 0.8,
        outcome: 'right',
        note: `${seen} The bridge is a few pixels wide.`,
      },
      { id: 'board-good', title: 'Circuit board, good', partSeed: 42, defect: null, outcome: 'right', note: seen },
    ],
  },
  {
    category: 'crown cap',
    family: 'bottleCap',
    categorySeed: CATEGORY_SEEDS.samples + 3,
    parts: [
      {
        id: 'cap-stain',
        title: 'Crown cap, stained',
        partSeed: 51,
        defect: 'stain',
        severity: 1,
        outcome: 'right',
        note: unseen,
      },
      { id: 'cap-good', title: 'Crown cap, good', partSeed: 52, defect: null, outcome: 'right', note: unseen },
    ],
  },
];

/** One entry of `public/samples/samples.json`; file names are relative to that folder. */
export interface SampleEntry {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly types: readonly string[];
  readonly part: string;
  readonly exemplars: readonly string[];
  readonly truth: {
    readonly label: 'normal' | 'anomalous';
    readonly type: string | null;
    readonly boxes: readonly (readonly number[])[];
  };
  readonly outcome: SampleOutcome;
  readonly note: string;
}

export interface SampleImage {
  readonly file: string;
  render(): RenderedPart;
}

/** The entries and images of one category; only defective parts are rendered for their truth. */
export function describeSamples(sample: SampleCategory): { entries: SampleEntry[]; images: SampleImage[] } {
  const { category, family, categorySeed, parts } = sample;
  const slug = category.replaceAll(' ', '-');
  const image = (file: string, partSeed: number, defect: DefectType | null, severity?: number): SampleImage => ({
    file,
    render: () => renderPart({ family, categorySeed, partSeed, defect, severity, size: SAMPLE_SIZE }),
  });
  const exemplars = Array.from({ length: SAMPLE_EXEMPLARS }, (_, k) =>
    image(`${slug}-exemplar-${k + 1}.jpg`, k + 1, null),
  );
  const images = parts.map((part) => image(`${part.id}.jpg`, part.partSeed, part.defect, part.severity));
  const entries = parts.map(({ id, title, defect, outcome, note }, k): SampleEntry => ({
    id,
    title,
    category,
    types: familyByName(family).types,
    part: `${id}.jpg`,
    exemplars: exemplars.map((exemplar) => exemplar.file),
    truth: {
      label: defect === null ? 'normal' : 'anomalous',
      type: defect,
      boxes: defect === null ? [] : images[k]!.render().boxes.map(({ box }) => [...box]),
    },
    outcome,
    note,
  }));
  return { entries, images: [...exemplars, ...images] };
}

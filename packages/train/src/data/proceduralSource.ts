/**
 * Labelled cases from the procedural parts. Labels and types are balanced, every case draws its own category design
 * and exemplars, and designs of different splits come from disjoint seed ranges.
 */
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { DEFAULT_PART_SIZE, renderPart } from '../parts/renderPart.ts';
import type { DefectType, Family, PartRequest, Placement } from '../parts/types.ts';
import { asDecoded, generatedExemplar } from './labelledCase.ts';
import type { LabelledCase } from './labelledCase.ts';

/** First category seed of each split; ranges of a million seeds do not overlap. */
export const CATEGORY_SEEDS = { train: 0, validation: 1_000_000, test: 2_000_000, samples: 3_000_000 } as const;
const SEEDS_PER_SPLIT = 1_000_000;
const FIRST_PART_SEED = 1000;

export interface ProceduralOptions {
  readonly families: readonly Family[];
  readonly split: keyof typeof CATEGORY_SEEDS;
  readonly count: number;
  readonly seed: number;
  /** Exemplars per case; a range gives every design its own number. Default 5. */
  readonly exemplars?: number | readonly [min: number, max: number];
  readonly size?: number;
  /** Distinct designs per family; few let exemplar features be cached. Default: a new design for every case. */
  readonly designsPerFamily?: number;
  /** Share of the designs whose parts lie as they fall, turned any way; default none. */
  readonly looseShare?: number;
}

export function proceduralCases(options: ProceduralOptions): LabelledCase[] {
  const { families, split, count, seed, size = DEFAULT_PART_SIZE } = options;
  const random = createRandom(mixSeed('procedural', split, seed));
  const seen = new Set<string>();
  return Array.from({ length: count }, (_, k) => {
    const family = families[Math.floor(k / 2) % families.length]!;
    const design = options.designsPerFamily
      ? mixSeed(split, family.name, seed, random.integer(1, options.designsPerFamily)) >>> 0
      : random.integer(0, 0x7fffffff);
    const categorySeed = CATEGORY_SEEDS[split] + (design % SEEDS_PER_SPLIT);
    let partSeed = random.integer(FIRST_PART_SEED, 0x7fffffff);
    while (seen.has(`${family.name}/${categorySeed}/${partSeed}`)) partSeed++;
    seen.add(`${family.name}/${categorySeed}/${partSeed}`);
    const defect = k % 2 === 1 ? family.types[random.integer(0, family.types.length - 1)]! : null;
    const exemplarCount = countExemplars(options.exemplars ?? 5, design);
    const isLoose = createRandom(mixSeed('placement', design)).next() < (options.looseShare ?? 0);
    const placement = isLoose ? 'loose' : 'jig';
    return proceduralCase({ family, categorySeed, partSeed, defect, exemplarCount, size, placement });
  });
}

/** One number per design, so that all its cases share one library. */
function countExemplars(range: number | readonly [number, number], design: number): number {
  return typeof range === 'number' ? range : range[0] + (design % (range[1] - range[0] + 1));
}

export interface ProceduralCaseRequest {
  readonly family: Family;
  readonly categorySeed: number;
  /** At least 1000: lower seeds are the design's exemplars 1, 2, 3, ... */
  readonly partSeed: number;
  readonly defect: DefectType | null;
  readonly severity?: number;
  readonly exemplarCount: number;
  readonly size?: number;
  readonly placement?: Placement;
}

/** The truth (boxes) of a defective part needs its render, done on first use; `part()` renders again when called. */
export function proceduralCase(request: ProceduralCaseRequest): LabelledCase {
  const { family, categorySeed, partSeed, defect, severity, exemplarCount } = request;
  const { size = DEFAULT_PART_SIZE, placement = 'jig' } = request;
  const category = `${family.name}-${categorySeed}`;
  const id = `procedural/${category}/${partSeed}`;
  // What an image was made from stands for its bytes; parts in a jig are named as they were before there were others.
  const made = placement === 'jig' ? `${size}` : `${size}/${placement}`;
  const render = (of: Pick<PartRequest, 'partSeed' | 'defect' | 'severity'>) =>
    renderPart({ family: family.name, categorySeed, size, placement, ...of });
  const own = { partSeed, defect, severity };
  let boxes: LabelledCase['boxes'] | null = defect === null ? [] : null;
  return {
    id,
    source: 'procedural',
    category,
    group: category,
    types: family.types,
    label: defect === null ? 'normal' : 'anomalous',
    type: defect,
    get boxes() {
      boxes ??= render(own).boxes;
      return boxes;
    },
    decoy: () => {
      const types = family.types;
      return render({ partSeed, defect: types[partSeed % types.length]! }).boxes[0]!.box;
    },
    part: async () => {
      const rendered = render(own);
      boxes ??= rendered.boxes;
      return asDecoded(rendered.raster, `${category}-${partSeed}.png`, `${id}/${defect}/${severity}/${made}`);
    },
    exemplars: {
      category,
      exemplars: Array.from({ length: exemplarCount }, (_, k) => {
        const name = `${category}-good-${k + 1}.png`;
        const load = async () => render({ partSeed: k + 1, defect: null }).raster;
        return generatedExemplar(name, `procedural/${category}/${k + 1}/${made}`, size, load);
      }),
    },
  };
}

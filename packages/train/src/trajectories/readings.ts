/** What Library match said in a demonstration: read from its text, as the student has to, and said again a little changed. */
import type { Random } from '@agentiad/core/support/random.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { calibratedFrom } from '@agentiad/core/tools/difference/calibration.ts';
import { MOST_POINTS } from '@agentiad/core/tools/differenceTool.ts';
import type { Label } from '../data/labelledCase.ts';
import { promptCategory } from './build.ts';
import { readDifference } from './teacher.ts';
import type { Trajectory } from './trajectory.ts';

/** One answer of `difference`; ratios and percentiles as shares (1 = as far as good parts differ; 0..1). */
export interface Comparison {
  readonly exemplarCount: number;
  readonly score: number;
  /** Null: too few known-good parts to say. */
  readonly percentile: number | null;
  readonly peak: number;
  /** Of the places, most different first. */
  readonly ratios: readonly number[];
}

export interface Readings {
  /** As the prompt names it. */
  readonly category: string;
  readonly label: Label;
  readonly comparisons: readonly Comparison[];
}

/** Standard deviation of the logarithm of a changed ratio, and of a changed percentile. */
const SPREAD = { ratio: 0.15, percentile: 0.05 } as const;

/** An observation tells no larger ratio. */
export const LARGEST = MOST_POINTS / 100;

/** Most known-good parts that an observation is rehearsed with, and how often another number than the true one is said. */
export const OTHER_COUNTS = { most: 60, share: 0.5 } as const;

/** Null for a demonstration without a comparison. */
export function readingsOf({ ids, segments, label, meta }: Trajectory, tokenizer: Tokenizer): Readings | null {
  const texts = segments
    .filter(({ kind }) => kind === 'observation')
    .map(({ from, to }) => tokenizer.decode(ids.slice(from, to)));
  const comparisons = texts.flatMap((text) => readComparison(text) ?? []);
  if (comparisons.length === 0 || !meta) return null;
  return { category: promptCategory(meta), label, comparisons };
}

function readComparison(text: string): Comparison | null {
  const reading = readDifference(text);
  if (!reading) return null;
  const { exemplarCount, score, percentile, peak, places } = reading;
  return {
    exemplarCount,
    score: score / 100,
    percentile: percentile === null ? null : percentile / 100,
    peak: peak / 100,
    ratios: places.map((points) => points / 100),
  };
}

/** The same comparison, as another part like this one might have given it. */
export function varyComparison(
  { exemplarCount, score, percentile, peak, ratios }: Comparison,
  random: Random,
): Comparison {
  const factor = Math.exp(SPREAD.ratio * random.normal());
  const limited = (ratio: number) => Math.min(LARGEST, ratio);
  const moved = percentile === null ? null : percentile + SPREAD.percentile * random.normal();
  const isOther = percentile !== null && random.next() < OTHER_COUNTS.share;
  return {
    exemplarCount: isOther ? random.integer(calibratedFrom, OTHER_COUNTS.most) : exemplarCount,
    score: limited(score * factor),
    percentile: moved === null ? null : Math.min(1, Math.max(0, moved)),
    peak: limited(peak === score && score < LARGEST ? score * factor : peak * Math.exp(SPREAD.ratio * random.normal())),
    ratios: ratios.map((ratio) => limited(ratio * factor)),
  };
}

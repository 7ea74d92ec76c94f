/**
 * How long an inspection will take, before it is made: what it will consist of, at the speed that each kind of step was
 * measured to have here (`stepSpeed.ts`). Pure arithmetic.
 */
import type { ImageSize, StepSpeed } from './stepSpeed.ts';
import type { Mode } from '../protocol/modes.ts';
import { median } from '../validation/metrics.ts';

/** What one inspection consists of. */
export interface StepCounts {
  /** Prompt and observations, without their images. */
  readonly textTokens: number;
  readonly imageTokens: number;
  readonly generatedTokens: number;
  /** Pictures that the feature tower looks at. */
  readonly views: number;
}

/** What an inspection of a mode usually consists of. */
export interface TypicalRun {
  readonly textTokens: number;
  /** Shown to the model: the part, crops and good parts. */
  readonly images: number;
  readonly generatedTokens: number;
  /** With the features of all good parts at hand. */
  readonly views: number;
}

export interface InspectionPlan {
  readonly typical: TypicalRun;
  /** Of an image as large as the part, at the pixel cap that holds. */
  readonly tokensOfImage: number;
  /** Good parts whose features are not kept yet. */
  readonly newExemplars: number;
  /** Share of parts that the fast path decides without the agent, 0 without one. */
  readonly decidedShare: number;
}

/** Tokens that an image of this size takes in the model, by its patches: 28 pixels a side and token, as the cap allows. */
export function tokensOfImage(
  { width, height }: ImageSize,
  token: StepSpeed['image'],
  pixelCap: number | null,
): number {
  const cap = Math.min(token.maxPixels, pixelCap ?? token.maxPixels);
  const pixels = Math.min(Math.max(width * height, token.minPixels), cap);
  return Math.max(1, Math.round(pixels / token.pixelsPerToken));
}

/** Work on a good part whose features are not kept, in views: read, seen, compared with the others. Measured in Chromium, wasm. */
const VIEWS_OF_EXEMPLAR = 8;

/** What an inspection takes besides its steps: its file read, its steps stored. Milliseconds; measured in Chromium. */
const HANDLING = 300;

export function planCounts({ typical, tokensOfImage: tokens, newExemplars, decidedShare }: InspectionPlan): StepCounts {
  const asked = 1 - decidedShare;
  return {
    textTokens: typical.textTokens * asked,
    imageTokens: typical.images * tokens * asked,
    generatedTokens: typical.generatedTokens * asked,
    // The fast path itself looks once at the whole part.
    views: Math.max(typical.views * asked, decidedShare > 0 ? 1 : 0) + newExemplars * VIEWS_OF_EXEMPLAR,
  };
}

/** With its handling. */
export function secondsOf(counts: StepCounts, speed: StepSpeed): number {
  const { textTokens, imageTokens, generatedTokens, views } = counts;
  const ms =
    HANDLING +
    textTokens * speed.textMs +
    imageTokens * speed.imageMs +
    generatedTokens * speed.generatedMs +
    views * speed.viewMs;
  return ms / 1000;
}

/** The run in the middle, count by count. Null without any. */
export function typicalOf(runs: readonly TypicalRun[]): TypicalRun | null {
  if (runs.length === 0) return null;
  const middle = (key: keyof TypicalRun) => median(runs.map((run) => run[key]));
  return {
    textTokens: middle('textTokens'),
    images: middle('images'),
    generatedTokens: middle('generatedTokens'),
    views: middle('views'),
  };
}

/** Before anything was learned here: what the shipped model does on its samples and on part photographs. */
const OF_NANO: Readonly<Record<Mode, TypicalRun>> = {
  cot: { textTokens: 100, images: 1, generatedTokens: 20, views: 0 },
  pz: { textTokens: 123, images: 2, generatedTokens: 28, views: 1 },
  'pz+cr': { textTokens: 200, images: 3, generatedTokens: 60, views: 2 },
  full: { textTokens: 293, images: 3, generatedTokens: 85, views: 13 },
};

/** A model that reasons in words. */
const OF_OTHERS: Readonly<Record<Mode, TypicalRun>> = {
  cot: { textTokens: 600, images: 1, generatedTokens: 150, views: 0 },
  pz: { textTokens: 700, images: 2, generatedTokens: 250, views: 0 },
  'pz+cr': { textTokens: 800, images: 3, generatedTokens: 300, views: 2 },
  full: { textTokens: 900, images: 4, generatedTokens: 350, views: 8 },
};

/** For a first run of the model `id` of a card. */
export function firstTypical(modelCardId: string, mode: Mode): TypicalRun {
  return (modelCardId === 'nano' ? OF_NANO : OF_OTHERS)[mode];
}

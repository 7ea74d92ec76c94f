/**
 * The speed of each kind of step, measured through the very session and feature tower that inspections use: a short
 * prompt, a small image, a few tokens, one view of the tower. The session is disposed; nothing of it is kept but a small
 * image in the engine's cache, which makes way like any other.
 */
import type { ProcessorConfig } from '../image/processor.ts';
import { imageTokenCount, processImage } from '../image/process.ts';
import type { Raster } from '../image/raster.ts';
import type { AbortSignalLike, Backbone } from '../model/backbone.ts';
import { greedy } from '../model/sampler.ts';
import { median } from '../validation/metrics.ts';
import { createRandom } from '../support/random.ts';
import type { FeatureTower } from '../tools/difference/featureTower.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Plain numbers: can be sent between threads. */
export interface StepSpeed {
  /** Milliseconds per token of a prompt of about the length of an observation. */
  readonly textMs: number;
  /** Per token of an image, its encoding included. */
  readonly imageMs: number;
  readonly generatedMs: number;
  /** Per picture the feature tower looks at. */
  readonly viewMs: number;
  /** How images become tokens. */
  readonly image: { readonly pixelsPerToken: number; readonly minPixels: number; readonly maxPixels: number };
}

export interface StepSpeedHost {
  readonly backbone: Backbone;
  readonly processor: ProcessorConfig;
  readonly tower: Pick<FeatureTower, 'extract'>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Looked at between the pieces; what is measured then is given up. */
  readonly signal: AbortSignalLike;
  readonly budgetMs?: number;
}

/** About an observation. */
const TEXT = 40;
const GENERATED = 6;
const IMAGE_SIDE = 112;
const VIEW_SIDE = 256;
const MOST_ROUNDS = 5;

/**
 * Null when `signal` ended it. As many rounds as there is time for, five at most; of each the middle one counts: the first
 * warms up, and inspections are disturbed as others are.
 */
export async function measureStepSpeed(host: StepSpeedHost): Promise<StepSpeed | null> {
  const { clock, signal, budgetMs = 2000, processor } = host;
  const began = clock();
  const rounds: Round[] = [];
  do {
    const round = await measureRound(host);
    if (!round || signal.aborted) return null;
    rounds.push(round);
    const spent = clock() - began;
    if (spent + spent / rounds.length > budgetMs) break;
  } while (rounds.length < MOST_ROUNDS);
  const middle = (key: keyof Round) => median(rounds.map((round) => round[key]));
  const { patchSize, mergeSize, minPixels, maxPixels } = processor;
  return {
    textMs: middle('textMs'),
    imageMs: middle('imageMs'),
    generatedMs: middle('generatedMs'),
    viewMs: middle('viewMs'),
    image: { pixelsPerToken: (patchSize * mergeSize) ** 2, minPixels, maxPixels },
  };
}

type Round = Omit<StepSpeed, 'image'>;

async function measureRound(host: StepSpeedHost): Promise<Round | null> {
  const { backbone, processor, tower, clock, signal } = host;
  const { special } = backbone.config;
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const from = clock();
    await work();
    return clock() - from;
  };
  const text = backbone.tokenizer.encode('the part has no place that differs from good parts. '.repeat(TEXT));
  const { processed } = processImage(noise(IMAGE_SIDE), processor);
  const imageTokens = imageTokenCount(processed, processor);
  const session = backbone.createSession();
  try {
    const imageIds = Array.from({ length: imageTokens }, () => special.image);
    const textMs = (await time(() => session.prefill(text.slice(0, TEXT), [], signal))) / TEXT;
    if (signal.aborted) return null;
    const withImage = await time(() => session.prefill([...imageIds, text[0]!], [processed], signal));
    if (signal.aborted) return null;
    const options = { maxNewTokens: GENERATED, sampler: greedy, stopIds: [], signal };
    let generated = 0;
    const generating = await time(async () => {
      generated = (await session.generate(options)).ids.length;
    });
    if (signal.aborted || generated === 0) return null;
    const viewMs = await time(() => tower.extract(noise(VIEW_SIDE)));
    return { textMs, imageMs: withImage / imageTokens, generatedMs: generating / generated, viewMs };
  } finally {
    session.dispose();
  }
}

/** Nobody's part. */
function noise(side: number): Raster {
  const random = createRandom(7);
  const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(0, 255));
  return { width: side, height: side, data };
}

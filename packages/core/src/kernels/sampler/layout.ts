/**
 * The sampler's buffers, for the engine that owns and the kernels that use them. All words are u32 unless said otherwise.
 *
 * - `settings` (host writes): distance scale (f32 bits, 0 = the largest logit), top-k (0 = all), top-p (of 2^32, 0 = 1),
 *   1 when the allowed mask counts, number of watched ids, ids of the vocabulary, steps and watched ids there is room
 *   for; the watched ids; a uniform (of 2^32) per step.
 * - `masks` (host writes): a bit per id, lowest first: banned, always; then allowed, where `settings` says so.
 * - `scratch` (kernels only): a sort key per id up to a multiple of 4, then three words per block of ids.
 * - `result` (kernels write, host zeroes the step before a batch and reads the rest after it): step; then per step the
 *   id, the count of logits that were NaN or +Infinity, and the raw logits (f32) of the watched ids.
 */
import type { SamplerSettings } from '../../model/sampler.ts';
import { distanceScale, fixedTopP, fixedUniform } from '../../model/samplerArithmetic.ts';
import { assert } from '../../support/assert.ts';

/** Where no id could be drawn: no finite logit is allowed. */
export const noId = 0xffffffff;

/** Most ids of a vocabulary: sums of their weights must stay below 2^53, and ids are counted in 256 bins of 1024. */
export const maxVocabSize = 256 * 1024;

/** Ids that one workgroup of the scan looks at. */
export const scanBlock = 1024;

/** Words at the start of `settings`. */
export const settingsFields = {
  scale: 0,
  topK: 1,
  topP: 2,
  isMasked: 3,
  watchCount: 4,
  vocabSize: 5,
  steps: 6,
  watchCapacity: 7,
} as const;

/** Words before the watched ids of `settings`. */
export const settingsHead = 8;

export interface SamplerLayout {
  readonly vocabSize: number;
  /** Tokens per readback. */
  readonly steps: number;
  readonly watchCount: number;
  /** Sizes of the buffers in bytes; all need STORAGE, `settings` and `masks` COPY_DST, `result` also COPY_SRC. */
  readonly bytes: { readonly [buffer in 'settings' | 'masks' | 'scratch' | 'result']: number };
  /** Byte offset of the allowed mask in `masks`; the banned one is at 0. */
  readonly allowedAt: number;
  /** Byte offset of `result`'s step counter and of its steps, with bytes per step. */
  readonly stepAt: number;
  readonly stepsAt: number;
  readonly stepBytes: number;
}

/** Buffers of a sampler for `steps` tokens per readback and up to `watchCount` watched ids. */
export function samplerLayout(vocabSize: number, steps: number, watchCount: number): SamplerLayout {
  assert(vocabSize > 0 && vocabSize <= maxVocabSize, `${vocabSize} ids; the sampler takes 1 to ${maxVocabSize}`);
  const stepBytes = 4 * (2 + watchCount);
  const maskBytes = 4 * maskWords(vocabSize);
  return {
    vocabSize,
    steps,
    watchCount,
    bytes: {
      settings: 4 * (settingsHead + watchCount + steps),
      masks: 2 * maskBytes,
      scratch: 4 * wholeQuads(wholeQuads(vocabSize) + 3 * Math.ceil(vocabSize / scanBlock)),
      result: 4 + steps * stepBytes,
    },
    allowedAt: maskBytes,
    stepAt: 0,
    stepsAt: 4,
    stepBytes,
  };
}

/** What a batch of steps needs; `uniforms` in [0, 1), one per step (unused where the largest logit is taken). */
export interface SamplerBatch {
  readonly settings: SamplerSettings;
  readonly uniforms: readonly number[];
  readonly watched: readonly number[];
  /** Whether only the ids of the allowed mask may be drawn. */
  readonly isMasked: boolean;
}

/** The whole `settings` buffer. */
export function samplerSettings(layout: SamplerLayout, batch: SamplerBatch): Uint32Array {
  const { settings, uniforms, watched, isMasked } = batch;
  assert(watched.length <= layout.watchCount, `${watched.length} watched ids, ${layout.watchCount} have room`);
  assert(uniforms.length <= layout.steps, `${uniforms.length} uniforms for ${layout.steps} steps`);
  const words = new Uint32Array(layout.bytes.settings / 4);
  new Float32Array(words.buffer)[settingsFields.scale] = distanceScale(settings.temperature);
  words[settingsFields.topK] = settings.topK < layout.vocabSize ? settings.topK : 0;
  words[settingsFields.topP] = fixedTopP(settings.topP);
  words[settingsFields.isMasked] = isMasked ? 1 : 0;
  words[settingsFields.watchCount] = watched.length;
  words[settingsFields.vocabSize] = layout.vocabSize;
  words[settingsFields.steps] = layout.steps;
  words[settingsFields.watchCapacity] = layout.watchCount;
  words.set(watched, settingsHead);
  words.set(uniforms.map(fixedUniform), settingsHead + layout.watchCount);
  return words;
}

/** A mask with the bits of `ids` set. */
export function idMask(vocabSize: number, ids: Iterable<number>): Uint32Array {
  const words = new Uint32Array(maskWords(vocabSize));
  for (const id of ids) {
    assert(id >= 0 && id < vocabSize, `id ${id} of ${vocabSize}`);
    words[id >>> 5]! |= 1 << (id & 31);
  }
  return words;
}

export interface SampledStep {
  /** `noId` when no finite logit was allowed. */
  readonly id: number;
  /** Logits that were NaN or +Infinity: more than 0 means that the model's numbers went wrong. */
  readonly badLogits: number;
  /** Raw logits of the watched ids. */
  readonly watched: readonly number[];
}

/** Steps [0, count) of a read-back `result` buffer. */
export function readSamplerResult(layout: SamplerLayout, bytes: ArrayBuffer, count: number): SampledStep[] {
  assert(count <= layout.steps, `${count} of ${layout.steps} steps`);
  return Array.from({ length: count }, (_, step) => {
    const at = layout.stepsAt + step * layout.stepBytes;
    const [id, badLogits] = new Uint32Array(bytes, at, 2);
    return { id: id!, badLogits: badLogits!, watched: Array.from(new Float32Array(bytes, at + 8, layout.watchCount)) };
  });
}

function maskWords(vocabSize: number): number {
  return Math.ceil(vocabSize / 32);
}

function wholeQuads(words: number): number {
  return Math.ceil(words / 4) * 4;
}

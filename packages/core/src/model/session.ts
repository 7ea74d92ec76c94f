/** One growing token sequence on the TensorFlow.js model: prefill with images, generation token by token. */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../image/processor.ts';
import { assert } from '../support/assert.ts';
import { UserError } from '../support/userError.ts';
import type { AbortSignalLike, GenerateOptions, GenerateResult, Reading, Session } from './backbone.ts';
import { createKeyValueCache } from './cache.ts';
import { imageIds, type ModelConfig } from './config.ts';
import type { VisualInput } from './embedding.ts';
import type { Project } from './language.ts';
import { decoderLayers, embedForInference, headLogits } from './language.ts';
import type { Params } from './params.ts';
import { mropePositions } from './positions.ts';

/** Longest piece of a prompt that goes through the model at once, and the step its length is padded to. */
const chunkTokens = 256;
const padTo = 32;

/** The host gets a turn (to deliver an abort) at least this often. */
const pauseEveryMs = 50;

export interface SessionParts {
  readonly config: ModelConfig;
  readonly params: Params;
  /** Embeddings of an image [M, D]; they stay the owner's. */
  readonly embedImage: (image: ProcessedImage) => tf.Tensor2D;
  /** Linear layers with an adapter or of another make; by default those of the checkpoint. */
  readonly project?: Project;
  /** Gives the host's event loop a turn. */
  readonly pause: () => Promise<void>;
}

export function createSession(parts: SessionParts): Session {
  const { config, params, pause } = parts;
  const cache = createKeyValueCache(config.text);
  const neverSampled = imageIds(config);
  let cached = 0; // tokens whose keys and values are in the cache
  let nextPosition = 0;
  /** Generated, but not yet run through the model: fed with what comes next. */
  let waiting: number[] = [];
  /** Logits [V] after the last token run through the model. */
  let logits: Float32Array | null = null;
  let lastPause = Date.now();
  let disposed = false;

  const pauseIfDue = async () => {
    if (Date.now() - lastPause < pauseEveryMs) return;
    await pause();
    lastPause = Date.now();
  };

  /** Runs `ids` (with `visual` placed inside) in chunks; leaves the logits after the last one. */
  const run = async (
    ids: readonly number[],
    positionIds: Int32Array,
    visual: VisualInput | null,
    signal?: AbortSignalLike,
  ) => {
    const count = ids.length;
    for (let start = 0; start < count; start += chunkTokens) {
      const real = Math.min(chunkTokens, count - start);
      const padded = real === 1 ? 1 : Math.ceil(real / padTo) * padTo;
      const chunkIds = new Int32Array(padded);
      const chunkPositions = new Int32Array(3 * padded);
      for (let t = 0; t < real; t++) {
        chunkIds[t] = ids[start + t]!;
        for (let row = 0; row < 3; row++) chunkPositions[row * padded + t] = positionIds[row * count + start + t]!;
      }
      const step = cache.at(cached, padded);
      const last = tf.tidy(() => {
        const x = embedForInference(params, chunkIds, visual && visualOf(visual, start, start + real));
        const hidden = decoderLayers(params, config.text, x, chunkPositions, step.attention, parts.project);
        return tf.slice(hidden, [real - 1, 0], [1, -1]);
      });
      step.dispose();
      cached += real;
      if (start + real === count) {
        const output = tf.tidy(() => headLogits(params, config, last));
        logits = await output.data<'float32'>();
        output.dispose();
      }
      last.dispose();
      await pauseIfDue();
      if (signal?.aborted) return;
    }
  };

  /** Feeds what was generated and `ids`. */
  const append = async (ids: readonly number[], images: readonly ProcessedImage[], signal?: AbortSignalLike) => {
    const all = [...waiting, ...ids];
    if (all.length === 0) return;
    if (cached + all.length > config.text.maxPositions) {
      throw new UserError({
        code: 'context-length',
        subject: 'The conversation',
        reason: `It has ${cached + all.length} tokens, the model takes ${config.text.maxPositions}.`,
        remedy: 'Use fewer or smaller images, or fewer steps.',
      });
    }
    const positions = mropePositions(
      all,
      images.map((image) => image.grid),
      config,
      nextPosition,
    );
    waiting = [];
    const places = Int32Array.from(all.keys()).filter((t) => all[t] === config.special.image);
    const embeds = images.map((image) => parts.embedImage(image));
    const visual = images.length > 0 ? { embeds: tf.concat(embeds), positions: places } : null;
    try {
      await run(all, positions.ids, visual, signal);
    } finally {
      visual?.embeds.dispose();
    }
    nextPosition = positions.next;
  };

  return {
    get length() {
      return cached + waiting.length;
    },
    async prefill(ids, images, signal) {
      assert(!disposed, 'the session was disposed');
      await append(ids, images, signal);
    },
    async generate(options) {
      assert(!disposed, 'the session was disposed');
      return generate(options);
    },
    dispose() {
      disposed = true;
      cache.dispose();
    },
  };

  async function generate(options: GenerateOptions): Promise<GenerateResult> {
    const ids: number[] = [];
    const readings: Reading[] = [];
    const result = (stopReason: GenerateResult['stopReason']): GenerateResult => ({ ids, stopReason, readings });
    while (ids.length < options.maxNewTokens) {
      if (options.signal?.aborted) return result('aborted');
      await append([], []);
      assert(logits, 'nothing to continue: prefill the session first');
      if (options.signal?.aborted) return result('aborted');
      const { watch } = options;
      if (watch?.at(ids)) readings.push({ index: ids.length, logits: watch.ids.map((id) => logits![id]!) });
      const id = options.sampler.pick(allowedLogits(logits, options.mask?.(ids) ?? null));
      ids.push(id);
      waiting.push(id);
      options.onToken?.(id);
      if (options.stopIds.includes(id)) return result('stop');
      await pauseIfDue();
    }
    return result('length');
  }

  /** `raw` with everything but `allowed`, and every image id, at -Infinity. */
  function allowedLogits(raw: Float32Array, allowed: readonly number[] | null): Float32Array {
    const masked = allowed ? new Float32Array(raw.length).fill(-Infinity) : raw.slice();
    allowed?.forEach((id) => (masked[id] = raw[id]!));
    neverSampled.forEach((id) => (masked[id] = -Infinity));
    assert(!allowed || allowed.some((id) => masked[id]! > -Infinity), 'the token mask allows no token');
    return masked;
  }
}

/** The part of `visual` whose places lie in [start, end), moved to start at 0. Call inside a tidy. */
function visualOf(visual: VisualInput, start: number, end: number): VisualInput | null {
  const first = visual.positions.findIndex((place) => place >= start && place < end);
  if (first < 0) return null;
  const places = visual.positions.filter((place) => place >= start && place < end);
  const embeds = tf.slice(visual.embeds, [first, 0], [places.length, -1]);
  return { embeds, positions: places.map((place) => place - start) };
}

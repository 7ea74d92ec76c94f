/** Token sequences on the TensorFlow.js model as sessions: prefill with images, generation token by token. */
import type { ProcessedImage } from '../image/processor.ts';
import { assert } from '../support/assert.ts';
import { UserError } from '../support/userError.ts';
import type { AbortSignalLike, GenerateOptions, GenerateResult, Reading, Session } from './backbone.ts';
import { imageIds } from './config.ts';
import type { Lane, LaneParts } from './lanes.ts';
import { createLanes } from './lanes.ts';

export function createSession(parts: LaneParts): Session {
  return createSessions(parts, 1)[0]!;
}

/** Sessions that go through the model together (lanes.ts): each must be used or disposed, or the others wait for it. */
export function createSessions(parts: LaneParts, count: number): Session[] {
  return createLanes(parts, count).map((lane) => sessionOf(lane, parts));
}

function sessionOf(lane: Lane, { config }: LaneParts): Session {
  const neverSampled = imageIds(config);
  /** Generated, but not yet run through the model: fed with what comes next. */
  let waiting: number[] = [];
  let disposed = false;

  /** Feeds what was generated and `ids`. */
  const append = async (ids: readonly number[], images: readonly ProcessedImage[], signal?: AbortSignalLike) => {
    const all = [...waiting, ...ids];
    if (all.length === 0) return;
    const length = lane.cached + all.length;
    if (length > config.text.maxPositions) {
      throw new UserError({
        code: 'context-length',
        subject: 'The conversation',
        reason: `It has ${length} tokens, the model takes ${config.text.maxPositions}.`,
        remedy: 'Use fewer or smaller images, or fewer steps.',
      });
    }
    waiting = [];
    await lane.run(all, images, signal);
  };

  return {
    get length() {
      return lane.cached + waiting.length;
    },
    async prefill(ids, images, signal) {
      assert(!disposed, 'the session was disposed');
      await append(ids, images, signal);
    },
    async generate(options) {
      assert(!disposed, 'the session was disposed');
      return generate(options);
    },
    async peek(ids, images, watched) {
      assert(!disposed, 'the session was disposed');
      const before = waiting;
      const goBack = lane.mark();
      try {
        await append(ids, images);
        const { logits } = lane;
        assert(logits, 'nothing to look at: prefill the session first');
        return watched.map((id) => logits[id]!);
      } finally {
        goBack();
        waiting = before;
      }
    },
    dispose() {
      disposed = true;
      lane.dispose();
    },
  };

  async function generate(options: GenerateOptions): Promise<GenerateResult> {
    const ids: number[] = [];
    const readings: Reading[] = [];
    const result = (stopReason: GenerateResult['stopReason']): GenerateResult => ({ ids, stopReason, readings });
    while (ids.length < options.maxNewTokens) {
      if (options.signal?.aborted) return result('aborted');
      await append([], []);
      const { logits } = lane;
      assert(logits, 'nothing to continue: prefill the session first');
      if (options.signal?.aborted) return result('aborted');
      const { watch } = options;
      if (watch?.at(ids)) readings.push({ index: ids.length, logits: watch.ids.map((id) => logits[id]!) });
      const id = options.sampler.pick(allowedLogits(logits, options.mask?.(ids) ?? null));
      ids.push(id);
      waiting.push(id);
      options.onToken?.(id);
      if (options.stopIds.includes(id)) return result('stop');
      await lane.pause();
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

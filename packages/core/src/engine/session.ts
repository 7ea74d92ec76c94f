/**
 * A session on the engine, with the same meaning as the model path's (model/session.ts): generated ids wait until what
 * comes next is fed, later turns feed only their new tokens, image ids are never drawn. Several tokens are drawn before
 * the host looks; what was drawn beyond the end is dropped and its place in the cache reused.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { AbortSignalLike, GenerateOptions, GenerateResult, Reading, Session } from '../model/backbone.ts';
import { imageIds, type ModelConfig } from '../model/config.ts';
import { imageTokens, mropePositions } from '../model/positions.ts';
import { noFiniteLogit } from '../model/sampler.ts';
import { assert } from '../support/assert.ts';
import { UserError } from '../support/userError.ts';
import { noId, type SampledStep } from '../kernels/sampler/layout.ts';
import type { ImageCache } from './imageCache.ts';
import { maxWatched, type EnginePlan } from './plan.ts';
import type { EmbedRun, Sequence } from './sequence.ts';
import { createDraws } from './draws.ts';
import type { Forks } from './forks.ts';

export interface SessionParts {
  readonly config: ModelConfig;
  readonly plan: EnginePlan;
  readonly images: ImageCache;
  /** Tokens to draw before the host looks: fewer on slow devices, so that an abort is soon noticed. */
  stepsPerReadback(): number;
  /** A free sequence; called at the first use. */
  open(): Promise<Sequence>;
  close(sequence: Sequence): void;
  /** Of sessions that share what they are fed first. */
  readonly forks?: Forks;
  /** Runs `work` when no other session works on the device. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

export function createEngineSession(parts: SessionParts): Session {
  const { config, plan, images, exclusive } = parts;
  const neverSampled = new Set(imageIds(config));
  const drawn = createDraws();
  let opened: Promise<Sequence> | null = null;
  let cached = 0; // tokens whose keys and values are in the cache
  let nextPosition = 0;
  /** Generated, but not yet run through the model. */
  let waiting: number[] = [];
  let hasLogits = false;
  let disposed = false;

  const sequence = (): Promise<Sequence> => (opened ??= parts.open());

  const checkLength = (tokens: number) => {
    if (tokens <= plan.context) return;
    throw new UserError({
      code: 'context-length',
      subject: 'The conversation',
      reason: `It has ${tokens} tokens, the model takes ${plan.context}.`,
      remedy: 'Use fewer or smaller images, or fewer steps.',
    });
  };

  /** Feeds what was generated and `ids`. False when `signal` ended it: then nothing has been fed. */
  const append = async (
    ids: readonly number[],
    newImages: readonly ProcessedImage[],
    signal?: AbortSignalLike,
  ): Promise<boolean> => {
    const all = [...waiting, ...ids];
    if (all.length === 0) return true;
    checkLength(cached + all.length);
    const grids = newImages.map((image) => image.grid);
    const positions = mropePositions(all, grids, config, nextPosition);
    const target = await sequence();
    const feed = (then: () => Promise<void> = () => Promise.resolve()) =>
      exclusive(async () => {
        const embeds = await images.embed(newImages, signal);
        if (!embeds) return false;
        const runs = imageRuns(all, newImages, embeds);
        if (!(await target.feed({ ids: all, positions: positions.ids, runs, cached }, signal))) return false;
        await then();
        return true;
      });
    const forks = cached === 0 ? parts.forks : undefined;
    const isDone = await (forks ? forks.first({ ids: all, images: newImages }, target, feed) : feed());
    if (!isDone) return false;
    cached += all.length;
    nextPosition = positions.next;
    waiting = [];
    hasLogits = true;
    return true;
  };

  const imageRuns = (
    ids: readonly number[],
    newImages: readonly ProcessedImage[],
    embeds: readonly GPUBuffer[],
  ): EmbedRun[] => {
    let token = 0;
    return newImages.map((image, i) => {
      token = ids.indexOf(config.special.image, token);
      const run = { token, count: imageTokens(image.grid, config.vision.mergeSize), embeds: embeds[i]!, row: 0 };
      token += run.count;
      return run;
    });
  };

  /** The next tokens, drawn on the GPU: one under a mask, else up to `limit` and what one readback takes. */
  const draw = async (options: GenerateOptions, allowed: readonly number[] | null, limit: number): Promise<Drawn[]> => {
    const { sampler, watch, mask } = options;
    const target = await sequence();
    const [first] = waiting;
    const ahead = first === undefined ? 0 : 1;
    checkLength(cached + ahead);
    assert(ahead === 1 || hasLogits, 'nothing to continue: prefill the session first');
    const isWide = watch !== undefined && watch.ids.length > maxWatched;
    const room = plan.context - cached - ahead + 1;
    const steps = mask || isWide ? 1 : Math.min(parts.stepsPerReadback(), limit, room);
    const uniforms = drawn.take(sampler, steps);
    const batch = {
      settings: sampler.settings,
      uniforms,
      watched: watch && !isWide ? watch.ids : [],
      isMasked: allowed !== null,
      allowed: allowed ?? [],
      waiting: first ?? null,
      cached,
      position: nextPosition,
      steps,
    };
    const [results, logits] = await exclusive(async () => [
      await target.decode(batch),
      isWide ? await target.readLogits() : null,
    ]);
    cached += ahead;
    nextPosition += ahead;
    waiting = [];
    return results.map((result) => ({
      ...result,
      readings: logits ? watch!.ids.map((id) => logits[id]!) : result.watched.slice(0, watch?.ids.length ?? 0),
    }));
  };

  /** Takes a drawn token into the sequence: the one before it has been run, it waits itself. */
  const accept = (id: number) => {
    cached += waiting.length;
    nextPosition += waiting.length;
    waiting = [id];
  };

  async function generate(options: GenerateOptions): Promise<GenerateResult> {
    const { maxNewTokens, sampler, stopIds, mask, watch, onToken, signal } = options;
    const ids: number[] = [];
    const readings: Reading[] = [];
    const result = (stopReason: GenerateResult['stopReason']): GenerateResult => ({ ids, stopReason, readings });
    const emit = (id: number): boolean => {
      ids.push(id);
      onToken?.(id);
      return stopIds.includes(id);
    };
    while (ids.length < maxNewTokens) {
      if (signal?.aborted) return result('aborted');
      const allowed = mask ? (mask(ids)?.filter(isDrawable) ?? null) : null;
      assert(allowed === null || allowed.length > 0, 'the token mask allows no token');
      const isWatched = mask ? (watch?.at(ids) ?? false) : null;
      if (allowed?.length === 1 && isWatched === false && cached + waiting.length > 0) {
        checkLength(cached + waiting.length);
        drawn.take(sampler, 1); // the draw that the model path makes
        waiting.push(allowed[0]!);
        if (emit(allowed[0]!)) return result('stop');
        continue;
      }
      if (waiting.length > 1 && !(await append([], [], signal))) return result('aborted');
      const steps = await draw(options, allowed, maxNewTokens - ids.length);
      for (const [i, step] of steps.entries()) {
        // The first is always taken: the logits it was drawn from may be gone.
        if (i > 0 && signal?.aborted) {
          drawn.giveBack(sampler, steps.length - i);
          return result('aborted');
        }
        checkStep(step);
        if (isWatched ?? watch?.at(ids)) readings.push({ index: ids.length, logits: step.readings });
        accept(step.id);
        if (!emit(step.id)) continue;
        drawn.giveBack(sampler, steps.length - i - 1);
        return result('stop');
      }
    }
    return result('length');
  }

  const isDrawable = (id: number) => !neverSampled.has(id);

  return {
    get length() {
      return cached + waiting.length;
    },
    async prefill(ids, newImages, signal) {
      assert(!disposed, 'the session was disposed');
      await append(ids, newImages, signal);
    },
    async generate(options) {
      assert(!disposed, 'the session was disposed');
      return generate(options);
    },
    async peek(ids, newImages, watched) {
      assert(!disposed, 'the session was disposed');
      const target = await sequence();
      const read = () => exclusive(() => target.readLogits());
      const before = { cached, nextPosition, waiting, hasLogits };
      // Keys and values beyond the end are written over later; the logits there are would be lost.
      const kept = hasLogits && waiting.length === 0 ? await read() : null;
      try {
        await append(ids, newImages);
        assert(hasLogits, 'nothing to look at: prefill the session first');
        const logits = await read();
        return watched.map((id) => logits[id]!);
      } finally {
        ({ cached, nextPosition, waiting, hasLogits } = before);
        if (kept) target.writeLogits(kept);
      }
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      // A sequence that could not be had was reported to whoever asked for it.
      void opened?.then(parts.close, () => {});
    },
  };
}

interface Drawn extends SampledStep {
  /** Raw logits of the watched ids. */
  readonly readings: readonly number[];
}

function checkStep({ id, badLogits }: SampledStep): void {
  if (badLogits > 0) {
    throw new UserError({
      code: 'model-output',
      subject: 'The model',
      reason: `${badLogits} of the logits it gave for the next token are NaN or infinite.`,
      remedy: 'Verify its weights; if they are sound, run it on another device.',
    });
  }
  if (id === noId) throw noFiniteLogit();
}

/**
 * Token sequences that go through the TensorFlow.js model together. Work is done in rounds, when every living lane asks
 * for some: first what lanes are fed (once for lanes that have seen and are fed the same), else the next token of all of
 * them in one pass. What a round does follows from what was asked alone, never from when: same requests, same numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../image/processor.ts';
import { assert } from '../support/assert.ts';
import type { AbortSignalLike } from './backbone.ts';
import { createKeyValueCache } from './cache.ts';
import type { ModelConfig } from './config.ts';
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

export interface LaneParts {
  readonly config: ModelConfig;
  readonly params: Params;
  /** Embeddings of an image [M, D]; they stay the owner's. */
  readonly embedImage: (image: ProcessedImage) => tf.Tensor2D;
  /** Linear layers with an adapter or of another make; by default those of the checkpoint. */
  readonly project?: Project;
  /** Gives the host's event loop a turn. */
  readonly pause: () => Promise<void>;
}

export interface Lane {
  /** Tokens whose keys and values are in the cache. */
  readonly cached: number;
  /** Logits [V] after the last token; null before the first. */
  readonly logits: Float32Array | null;
  /** Runs `ids` with the images of their runs; may end early once `signal` aborts, and then the lane is of no more use. */
  run(ids: readonly number[], images: readonly ProcessedImage[], signal?: AbortSignalLike): Promise<void>;
  /** Remembers this place. What it returns goes back there: all that was run since is as if it never was. */
  mark(): () => void;
  /** Gives the host a turn when one is due. */
  pause(): Promise<void>;
  /** The others no longer wait for this one. */
  dispose(): void;
}

interface Request {
  readonly ids: readonly number[];
  readonly images: readonly ProcessedImage[];
  readonly signal?: AbortSignalLike;
  resolve(): void;
  reject(error: unknown): void;
}

interface LaneState {
  cached: number;
  nextPosition: number;
  logits: Float32Array | null;
  request: Request | null;
  /** Everything it has seen, where there are others to compare with. */
  readonly seen: { ids: number[]; images: string[] };
}

/** Every lane must be used or disposed, or the others wait for ever. */
export function createLanes(parts: LaneParts, count: number): Lane[] {
  const { config, params, project } = parts;
  const cache = createKeyValueCache(config.text, count);
  /** In the order of the cache. */
  let placed: LaneState[] = Array.from({ length: count }, newState);
  const alive = new Set(placed);
  let isRunning = false;
  let lastPause = Date.now();

  const pause = async () => {
    if (Date.now() - lastPause < pauseEveryMs) return;
    await parts.pause();
    lastPause = Date.now();
  };

  /** `fork`: which of the lanes placed now each of the new ones continues; by default itself. */
  const place = (lanes: readonly LaneState[], fork: (lane: LaneState) => LaneState = (lane) => lane) => {
    cache.arrange(lanes.map((lane) => placed.indexOf(fork(lane))));
    placed = [...lanes];
  };

  /** Logits of hidden states [N, D], row after row. */
  const logitsOf = async (hidden: tf.Tensor2D): Promise<Float32Array> => {
    const output = tf.tidy(() => headLogits(params, config, hidden));
    try {
      return await output.data<'float32'>();
    } finally {
      output.dispose();
    }
  };

  /** Runs what `lane` is fed in chunks; leaves the logits after the last one. */
  const feed = async (lane: LaneState, { ids, images, signal }: Request) => {
    const positions = mropePositions(
      ids,
      images.map((image) => image.grid),
      config,
      lane.nextPosition,
    );
    const places = Int32Array.from(ids.keys()).filter((t) => ids[t] === config.special.image);
    const embeds = images.map((image) => parts.embedImage(image));
    const visual = images.length > 0 ? { embeds: tf.concat(embeds), positions: places } : null;
    try {
      for (let start = 0; start < ids.length; start += chunkTokens) {
        const real = Math.min(chunkTokens, ids.length - start);
        const padded = real === 1 ? 1 : Math.ceil(real / padTo) * padTo;
        const chunkIds = new Int32Array(padded);
        const chunkPositions = new Int32Array(3 * padded);
        for (let t = 0; t < real; t++) {
          chunkIds[t] = ids[start + t]!;
          for (let row = 0; row < 3; row++) {
            chunkPositions[row * padded + t] = positions.ids[row * ids.length + start + t]!;
          }
        }
        const pass = cache.at(placed.indexOf(lane), lane.cached, padded);
        const last = tf.tidy(() => {
          const x = embedForInference(params, chunkIds, visual && visualOf(visual, start, start + real));
          const hidden = decoderLayers(params, config.text, x, chunkPositions, pass.attention, project);
          return tf.slice(hidden, [real - 1, 0], [1, -1]);
        });
        pass.dispose();
        lane.cached += real;
        try {
          if (start + real === ids.length) lane.logits = await logitsOf(last);
        } finally {
          last.dispose();
        }
        await pause();
        if (signal?.aborted) return;
      }
    } finally {
      visual?.embeds.dispose();
    }
    lane.nextPosition = positions.next;
  };

  /** Feeds every lane that asks for it; lanes that have seen and are fed the same, once. */
  const feedAll = async (lanes: readonly LaneState[]) => {
    const leaders = new Map<LaneState, LaneState>();
    for (const lane of lanes) {
      const same = lanes.find((other) => leaders.get(other) === other && isSame(other, lane));
      leaders.set(lane, same ?? lane);
    }
    const failed = new Map<LaneState, unknown>();
    for (const lane of lanes) {
      if (leaders.get(lane) !== lane) continue;
      await feed(lane, lane.request!).catch((error: unknown) => failed.set(lane, error));
    }
    place(placed, (lane) => leaders.get(lane) ?? lane);
    for (const lane of lanes) {
      const leader = leaders.get(lane)!;
      const { cached, nextPosition, logits } = leader;
      Object.assign(lane, { cached, nextPosition, logits });
      remember(lane, lane.request!);
      if (failed.has(leader)) settle(lane, { error: failed.get(leader) });
      else settle(lane);
    }
  };

  /** The next token of every lane in one pass. */
  const stepAll = async () => {
    const lanes = placed;
    const ids = Int32Array.from(lanes, ({ request }) => request!.ids[0]!);
    const positions = Int32Array.from({ length: 3 * lanes.length }, (_, i) => lanes[i % lanes.length]!.nextPosition);
    const pass = cache.next(lanes.map(({ cached }) => cached));
    const hidden = tf.tidy(() => {
      const x = embedForInference(params, ids, null);
      return decoderLayers(params, config.text, x, positions, pass.attention, project);
    });
    pass.dispose();
    let logits: Float32Array;
    try {
      logits = await logitsOf(hidden);
    } finally {
      hidden.dispose();
    }
    const width = logits.length / lanes.length;
    lanes.forEach((lane, row) => {
      lane.cached++;
      lane.nextPosition++;
      lane.logits = lanes.length === 1 ? logits : logits.slice(row * width, (row + 1) * width);
      remember(lane, lane.request!);
      settle(lane);
    });
  };

  const remember = (lane: LaneState, { ids, images }: Request) => {
    if (count === 1) return;
    lane.seen.ids.push(...ids);
    lane.seen.images.push(...images.map(imageKey));
  };

  /** Works when all living lanes ask for it. */
  const work = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      while (alive.size > 0 && [...alive].every(({ request }) => request)) {
        place(placed.filter((lane) => alive.has(lane)));
        const fed = placed.filter(({ request }) => isFed(request!));
        try {
          await (fed.length > 0 ? feedAll(fed) : stepAll());
        } catch (error) {
          placed.forEach((lane) => settle(lane, { error }));
        }
        placed.filter((lane) => !alive.has(lane)).forEach((lane) => settle(lane, { error: disposed() }));
        // Those who got what they asked for may ask for more before the next round is looked for.
        await Promise.resolve();
      }
    } finally {
      isRunning = false;
      if (alive.size === 0) cache.dispose();
    }
  };

  return placed.map((lane) => ({
    get cached() {
      return lane.cached;
    },
    get logits() {
      return lane.logits;
    },
    run(ids, images, signal) {
      assert(alive.has(lane), 'the session was disposed');
      assert(!lane.request, 'the session is at work');
      return new Promise<void>((resolve, reject) => {
        lane.request = { ids, images, signal, resolve, reject };
        void work();
      });
    },
    mark() {
      const { cached, nextPosition, logits, seen } = lane;
      const [ids, images] = [seen.ids.length, seen.images.length];
      return () => {
        Object.assign(lane, { cached, nextPosition, logits });
        seen.ids.length = ids;
        seen.images.length = images;
      };
    },
    pause,
    dispose() {
      if (!alive.delete(lane) || isRunning) return;
      settle(lane, { error: disposed() });
      if (alive.size === 0) cache.dispose();
      else void work();
    },
  }));
}

/** A token alone goes with those of the other lanes. */
function isFed({ ids, images }: Request): boolean {
  return ids.length > 1 || images.length > 0;
}

function disposed(): Error {
  return new Error('Internal error: the session was disposed while it was at work');
}

function newState(): LaneState {
  return { cached: 0, nextPosition: 0, logits: null, request: null, seen: { ids: [], images: [] } };
}

function settle(lane: LaneState, failure?: { readonly error: unknown }): void {
  const { request } = lane;
  lane.request = null;
  if (failure) request?.reject(failure.error);
  else request?.resolve();
}

function imageKey({ sha256, grid }: ProcessedImage): string {
  return `${sha256} ${grid.height} ${grid.width}`;
}

function isSame(a: LaneState, b: LaneState): boolean {
  const [asked, wanted] = [a.request!, b.request!];
  const areEqual = <T>(one: readonly T[], other: readonly T[]) =>
    one.length === other.length && one.every((value, index) => value === other[index]);
  return (
    areEqual(asked.ids, wanted.ids) &&
    areEqual(asked.images.map(imageKey), wanted.images.map(imageKey)) &&
    areEqual(a.seen.ids, b.seen.ids) &&
    areEqual(a.seen.images, b.seen.images)
  );
}

/** The part of `visual` whose places lie in [start, end), moved to start at 0. Call inside a tidy. */
function visualOf(visual: VisualInput, start: number, end: number): VisualInput | null {
  const first = visual.positions.findIndex((place) => place >= start && place < end);
  if (first < 0) return null;
  const places = visual.positions.filter((place) => place >= start && place < end);
  const embeds = tf.slice(visual.embeds, [first, 0], [places.length, -1]);
  return { embeds, positions: places.map((place) => place - start) };
}

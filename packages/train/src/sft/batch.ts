/** Turns trajectories into one right-padded batch for the model, with the positions and tokens to be predicted. */
import { patchify } from '@agentiad/core/image/process.ts';
import type { ProcessedImage, ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Grid } from '@agentiad/core/model/positions.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { SftMask } from './mask.ts';
import { maskedPositions } from './mask.ts';

export interface SftBatch {
  /** [B, T] */
  readonly ids: Int32Array;
  /** [3, B, T] */
  readonly positionIds: Int32Array;
  readonly lengths: readonly number[];
  /** Patches of all images, one after the other. */
  readonly pixelValues: Float32Array;
  readonly grids: readonly Grid[];
  /** Flat places (b * T + t) of the image tokens, in order of the merged image embeddings. */
  readonly imagePositions: Int32Array;
  /** Flat places whose hidden state predicts `targets`: one before each trained token. */
  readonly predictFrom: Int32Array;
  readonly targets: Int32Array;
}

/**
 * Width to which rows of `length` tokens are padded: a multiple of 32, of 128 from 512 on, of 512 from 2048 on. Few widths,
 * because the webgpu backend keeps a pool of buffers for every exact size (training.md D6).
 */
export function bucketWidth(length: number): number {
  const step = length <= 512 ? 32 : length <= 2048 ? 128 : 512;
  return Math.ceil(length / step) * step;
}

/** `mask` chooses the targets, by name or as positions of each sample; `width` (of a row) is the bucket's by default. */
export function buildBatch(
  trajectories: readonly Trajectory[],
  config: ModelConfig,
  processor: ProcessorConfig,
  mask: SftMask | ((trajectory: Trajectory) => readonly number[]),
  width = bucketWidth(Math.max(...trajectories.map(({ ids }) => ids.length))),
): SftBatch {
  const lengths = trajectories.map(({ ids }) => ids.length);
  assert(Math.max(...lengths) <= width, `a sample of ${Math.max(...lengths)} tokens in rows of ${width}`);
  const positionsOf = typeof mask === 'string' ? (one: Trajectory) => maskedPositions(one, mask) : mask;
  const count = trajectories.length;
  const ids = new Int32Array(count * width);
  const positionIds = new Int32Array(3 * count * width);
  const images: ProcessedImage[] = [];
  const imagePositions: number[] = [];
  const predictFrom: number[] = [];
  const targets: number[] = [];
  trajectories.forEach((trajectory, row) => {
    const own = Int32Array.from(trajectory.ids);
    ids.set(own, row * width);
    const processed = trajectory.images.map((image) => patchify(image, processor));
    images.push(...processed);
    const { ids: positions } = mropePositions(
      own,
      processed.map(({ grid }) => grid),
      config,
    );
    for (let axis = 0; axis < 3; axis++) {
      positionIds.set(positions.subarray(axis * own.length, (axis + 1) * own.length), (axis * count + row) * width);
    }
    own.forEach((id, t) => {
      if (id === config.special.image) imagePositions.push(row * width + t);
    });
    for (const t of positionsOf(trajectory)) {
      predictFrom.push(row * width + t - 1);
      targets.push(own[t]!);
    }
  });
  return {
    ids,
    positionIds,
    lengths,
    pixelValues: concatenate(images.map(({ pixelValues }) => pixelValues)),
    grids: images.map(({ grid }) => grid),
    imagePositions: Int32Array.from(imagePositions),
    predictFrom: Int32Array.from(predictFrom),
    targets: Int32Array.from(targets),
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

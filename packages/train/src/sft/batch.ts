/** Turns trajectories into one right-padded batch for the model, with the positions and tokens to be predicted. */
import { patchify } from '@agentiad/core/image/process.ts';
import type { ProcessedImage, ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Grid } from '@agentiad/core/model/positions.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import type { MaskStrategy, Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';

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

/** Lengths are padded to multiples of this, so that GPU buffer pools see few sizes (training.md D6). */
const BUCKET = 32;

export function buildBatch(
  trajectories: readonly Trajectory[],
  config: ModelConfig,
  processor: ProcessorConfig,
  strategy: MaskStrategy,
): SftBatch {
  const lengths = trajectories.map(({ ids }) => ids.length);
  const width = Math.ceil(Math.max(...lengths) / BUCKET) * BUCKET;
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
    for (const t of trainedPositions(trajectory.segments, strategy)) {
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

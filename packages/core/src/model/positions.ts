/**
 * Positions, as pure functions on numbers: M-RoPE ids of mixed text and image sequences, window order of the vision
 * tower, and the rotary angles of both. Same rules as Hugging Face's `get_rope_index`, `get_window_index`, `rot_pos_emb`.
 */
import { assert } from '../support/assert.ts';
import type { ModelConfig, TextConfig, VisionConfig } from './config.ts';

/** Patches of one image per side, before merging. */
export interface Grid {
  readonly height: number;
  readonly width: number;
}

export interface MropePositions {
  /** [3, T]: temporal, row and column position of every token. */
  readonly ids: Int32Array;
  /** Position of the token that follows. */
  readonly next: number;
}

/** Language tokens of an image. */
export function imageTokens(grid: Grid, mergeSize: number): number {
  return (grid.height * grid.width) / mergeSize ** 2;
}

/**
 * M-RoPE positions of `ids`, whose runs of the image id belong to `grids` in order; counting starts at `start` (0, or
 * `next` of what is already in the cache). Text counts up in all three rows; an image spans its rows and columns.
 */
export function mropePositions(
  ids: ArrayLike<number>,
  grids: readonly Grid[],
  config: ModelConfig,
  start = 0,
): MropePositions {
  const count = ids.length;
  const rows = new Int32Array(3 * count);
  const { mergeSize } = config.vision;
  let next = start;
  let image = 0;
  for (let t = 0; t < count;) {
    if (ids[t] !== config.special.image) {
      rows[t] = rows[count + t] = rows[2 * count + t] = next++;
      t++;
      continue;
    }
    const grid = grids[image++];
    assert(grid, `the sequence has more image runs than the ${grids.length} images given`);
    const width = grid.width / mergeSize;
    const tokens = imageTokens(grid, mergeSize);
    for (let i = 0; i < tokens; i++, t++) {
      assert(ids[t] === config.special.image, `image ${image} needs ${tokens} image ids, but the run ends after ${i}`);
      rows[t] = next;
      rows[count + t] = next + Math.floor(i / width);
      rows[2 * count + t] = next + (i % width);
    }
    next += Math.max(grid.height, grid.width) / mergeSize;
  }
  assert(image === grids.length, `${grids.length} images given, but the sequence has image ids for ${image}`);
  return { ids: rows, next };
}

/** Hugging Face's `rope_deltas`: what to add to a sequence index to get the position of later text. */
export function ropeDelta(positions: MropePositions): number {
  return positions.next - positions.ids.length / 3;
}

export interface WindowOrder {
  /** Merge groups (mergeSize^2 patches) in window order: position i of the reordered sequence holds group `order[i]`. */
  readonly order: Int32Array;
  /** Boundaries of the windows in patches, starting with 0; empty windows left out. */
  readonly cuSeqlens: readonly number[];
}

/** Order of the merge groups of one image, window by window, row-major inside each window. */
export function windowOrder(grid: Grid, config: VisionConfig): WindowOrder {
  const rows = grid.height / config.mergeSize;
  const columns = grid.width / config.mergeSize;
  const side = Math.floor(config.windowSize / config.mergeSize / config.patchSize);
  const order = new Int32Array(rows * columns);
  const cuSeqlens = [0];
  let filled = 0;
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      for (let row = top; row < Math.min(top + side, rows); row++) {
        for (let column = left; column < Math.min(left + side, columns); column++) {
          order[filled++] = row * columns + column;
        }
      }
      cuSeqlens.push(filled * config.mergeSize ** 2);
    }
  }
  return { order, cuSeqlens };
}

/** Row and column of every patch [P, 2] of one image, in the processor's order (merge groups contiguous). */
export function patchPositions(grid: Grid, mergeSize: number): Int32Array {
  const positions = new Int32Array(2 * grid.height * grid.width);
  let at = 0;
  for (let top = 0; top < grid.height; top += mergeSize) {
    for (let left = 0; left < grid.width; left += mergeSize) {
      for (let row = top; row < top + mergeSize; row++) {
        for (let column = left; column < left + mergeSize; column++) {
          positions[at++] = row;
          positions[at++] = column;
        }
      }
    }
  }
  return positions;
}

/** Angles of one row of cos/sin tables, written per head: [N, dim / 2], the second half of a head repeats the first. */
export type RotaryAngles = Float32Array;

/** Angles [T, headDim / 2] of M-RoPE: each frequency follows the position row of the section it lies in. */
export function mropeAngles(positionIds: Int32Array, config: TextConfig): RotaryAngles {
  const half = config.headDim / 2;
  const count = positionIds.length / 3;
  const [temporal, row] = config.mropeSection;
  const angles = new Float32Array(count * half);
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(1 / config.ropeTheta ** (i / half));
    const axis = i < temporal ? 0 : i < temporal + row ? 1 : 2;
    for (let t = 0; t < count; t++) angles[t * half + i] = positionIds[axis * count + t]! * frequency;
  }
  return angles;
}

/** Angles [P, headDim / 2] of the vision tower: the first half follows the row, the second the column. */
export function visionAngles(positions: Int32Array, config: VisionConfig): RotaryAngles {
  const quarter = config.headDim / 4;
  const count = positions.length / 2;
  const angles = new Float32Array(count * 2 * quarter);
  for (let i = 0; i < quarter; i++) {
    const frequency = Math.fround(1 / 10000 ** (i / quarter));
    for (let p = 0; p < count; p++) {
      angles[p * 2 * quarter + i] = positions[2 * p]! * frequency;
      angles[p * 2 * quarter + quarter + i] = positions[2 * p + 1]! * frequency;
    }
  }
  return angles;
}

/** What the vision tower's buffers hold for one image; pure numbers. */
import type { ProcessedImage } from '../image/processor.ts';
import { rowStride } from '../kernels/layout.ts';
import type { Segment } from '../model/attention.ts';
import type { VisionConfig } from '../model/config.ts';
import { patchPositions } from '../model/positions.ts';
import { planVision } from '../model/vision.ts';
import { assert } from '../support/assert.ts';
import { visionRopeTable } from './ropeTable.ts';

export interface VisionInputs {
  readonly patches: number;
  readonly groups: number;
  /** Longer side of the grid: positions the rotary table covers. */
  readonly side: number;
  /** Contents by buffer name, in window order. */
  readonly contents: ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>;
}

export function visionInputs(vision: VisionConfig, { grid, pixelValues }: ProcessedImage): VisionInputs {
  const unit = vision.mergeSize ** 2;
  const plan = planVision([grid], vision);
  const groups = plan.order.length;
  const patches = groups * unit;
  assert(pixelValues.length === patches * vision.patchDim, `${pixelValues.length} pixel values for ${patches} patches`);
  const stride = rowStride(vision.patchDim);
  const pixels = new Float32Array(patches * stride);
  const positions = new Uint32Array(2 * patches);
  const unordered = patchPositions(grid, vision.mergeSize);
  plan.order.forEach((group, i) => {
    for (let patch = 0; patch < unit; patch++) {
      const from = group * unit + patch;
      const to = i * unit + patch;
      pixels.set(pixelValues.subarray(from * vision.patchDim, (from + 1) * vision.patchDim), to * stride);
      positions.set(unordered.subarray(2 * from, 2 * from + 2), 2 * to);
    }
  });
  const side = Math.max(grid.height, grid.width);
  const contents = new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
    ['pixels', pixels],
    ['positions', positions],
    ['segments.windows', segmentsOf(plan.windows, patches)],
    ['segments.images', segmentsOf(plan.images, patches)],
    ['restore', Uint32Array.from(plan.restore)],
    ['rope', visionRopeTable(vision, side)],
  ]);
  return { patches, groups, side, contents };
}

/** [start, end) of its segment for every patch. */
function segmentsOf(segments: readonly Segment[], patches: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(2 * patches);
  for (const { start, length } of segments) {
    for (let patch = start; patch < start + length; patch++) {
      words[2 * patch] = start;
      words[2 * patch + 1] = start + length;
    }
  }
  return words;
}

/** How far a tensor is from its golden values, and whether that is near enough. */
import type { GoldenTensor } from './goldenCase.ts';
import { elementCount } from './safetensors.ts';

export interface TensorReport {
  readonly name: string;
  /** Infinity when the sizes differ or a value is not a number. */
  readonly maxAbs: number;
  /** `maxAbs` over the largest golden magnitude. */
  readonly relative: number;
  /** What `maxAbs` may be. */
  readonly limit: number;
  /** Share of the values that are off by more than rounding. */
  readonly differing: number;
  readonly passed: boolean;
}

/** Less than a tenth of one 8-bit step of a normalised pixel, far more than float32 rounding. */
const rounding = 1e-3;

/** Compares the values that the golden tensor holds; `differingLimit` bounds the share of them that may differ. */
export function compareTensor(
  name: string,
  actual: Float32Array,
  golden: GoldenTensor,
  limit: number,
  differingLimit = 1,
): TensorReport {
  const isWhole = actual.length === elementCount(golden.shape);
  let maxAbs = isWhole ? 0 : Infinity;
  let different = isWhole ? 0 : golden.values.length;
  for (let i = 0; isWhole && i < golden.values.length; i++) {
    const error = Math.abs(actual[golden.indices ? golden.indices[i]! : i]! - golden.values[i]!);
    if (!(error <= rounding)) different++;
    if (!(error <= maxAbs)) maxAbs = Number.isNaN(error) ? Infinity : error;
  }
  const differing = different / Math.max(1, golden.values.length);
  const relative = maxAbs === 0 ? 0 : maxAbs / golden.largest;
  return { name, maxAbs, relative, limit, differing, passed: maxAbs <= limit && differing <= differingLimit };
}

/** For whole numbers: every one must agree. */
export function compareExactly(name: string, actual: readonly number[], golden: readonly number[]): TensorReport {
  const values = Float64Array.from(golden);
  const largest = golden.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return compareTensor(name, Float32Array.from(actual), { shape: [values.length], values, indices: null, largest }, 0);
}

/**
 * Resizes 8-bit RGB to the feature tower's input: separable triangle filter, widened when shrinking (antialiased
 * bilinear), values 0..255 as float32, [height, width, 3].
 */
import type { Size } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';

interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

export function resample(raster: Raster, size: Size): Float32Array<ArrayBuffer> {
  const horizontal = triangleTaps(raster.width, size.width);
  const vertical = triangleTaps(raster.height, size.height);
  const output = new Float32Array(size.width * size.height * 3);
  // Rows of the source are narrowed once, when first needed, and added to every output row they contribute to.
  const narrowed = new Map<number, Float32Array>();
  for (let y = 0; y < size.height; y++) {
    const first = vertical.first[y]!;
    const weights = vertical.weights[y]!;
    for (const row of narrowed.keys()) if (row < first) narrowed.delete(row);
    const target = output.subarray(y * size.width * 3, (y + 1) * size.width * 3);
    for (let k = 0; k < weights.length; k++) {
      let row = narrowed.get(first + k);
      if (!row) {
        row = narrowRow(raster, first + k, size.width, horizontal);
        narrowed.set(first + k, row);
      }
      const weight = weights[k]!;
      for (let i = 0; i < target.length; i++) target[i]! += weight * row[i]!;
    }
  }
  return output;
}

function narrowRow(raster: Raster, y: number, width: number, taps: Taps): Float32Array {
  const row = new Float32Array(width * 3);
  const base = y * raster.width * 3;
  for (let x = 0; x < width; x++) {
    const weights = taps.weights[x]!;
    let source = base + taps.first[x]! * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < weights.length; k++, source += 3) {
      const weight = weights[k]!;
      red += weight * raster.data[source]!;
      green += weight * raster.data[source + 1]!;
      blue += weight * raster.data[source + 2]!;
    }
    row[x * 3] = red;
    row[x * 3 + 1] = green;
    row[x * 3 + 2] = blue;
  }
  return row;
}

/** For each output pixel: the first source pixel and the normalised weights of those its triangle covers. */
function triangleTaps(from: number, to: number): Taps {
  const scale = from / to;
  const radius = Math.max(1, scale);
  const first = new Int32Array(to);
  const weights: Float32Array[] = [];
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.ceil(centre - radius));
    const end = Math.min(from - 1, Math.floor(centre + radius));
    const values = Float32Array.from({ length: end - start + 1 }, (_, k) =>
      Math.max(1e-6, 1 - Math.abs(start + k - centre) / radius),
    );
    const total = values.reduce((sum, value) => sum + value, 0);
    first[i] = start;
    weights.push(values.map((value) => value / total));
  }
  return { first, weights };
}

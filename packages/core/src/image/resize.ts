/**
 * Antialiased bicubic resize of 8-bit RGB, bit for bit as the two resamplers that Hugging Face processors use: the
 * kernel (a = -0.5) widens with the reduction, weights are fixed-point integers, and each of the two passes (columns
 * first) rounds to 8 bits. Pillow keeps 22 fractional bits (`ImagingResample`); torchvision fits its weights in 16-bit
 * integers (`upsample_bicubic2d_aa` on uint8).
 */
import type { Raster } from './raster.ts';

export type Resampler = 'pillow' | 'torchvision';

/** Pixels of the source that one output position reads, with their fixed-point weights. */
interface Taps {
  /** First source index per output position. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` slots per output position. */
  readonly weights: Int32Array;
  readonly stride: number;
  readonly fractionBits: number;
}

const KERNEL_RADIUS = 2;
const PILLOW_FRACTION_BITS = 22;
const INT16_LIMIT = 1 << 15;

/** A new raster of `width` x `height`; the source itself when the size is already right. */
export function resizeRaster(source: Raster, width: number, height: number, resampler: Resampler = 'pillow'): Raster {
  if (source.width === width && source.height === height) return source;
  const across = source.width === width ? source : resizeAcross(source, makeTaps(source.width, width, resampler));
  return source.height === height ? across : resizeDown(across, makeTaps(source.height, height, resampler));
}

/** Keys' cubic with a = -0.5. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function makeTaps(sourceLength: number, length: number, resampler: Resampler): Taps {
  const scale = sourceLength / length;
  const spread = Math.max(scale, 1);
  const radius = KERNEL_RADIUS * spread;
  const stride = Math.ceil(radius) * 2 + 1;
  const starts = new Int32Array(length);
  const counts = new Int32Array(length);
  const exact = new Float64Array(length * stride);
  for (let position = 0; position < length; position++) {
    const centre = (position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - radius + 0.5));
    const count = Math.min(sourceLength, Math.trunc(centre + radius + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = cubic((start + tap - centre + 0.5) / spread);
      exact[position * stride + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) exact[position * stride + tap]! /= sum;
    starts[position] = start;
    counts[position] = count;
  }
  const fractionBits = resampler === 'pillow' ? PILLOW_FRACTION_BITS : int16FractionBits(exact);
  const weights = Int32Array.from(exact, (weight) => roundAwayFromZero(weight * 2 ** fractionBits));
  return { starts, counts, weights, stride, fractionBits };
}

/** The most fractional bits (at most 22) with which the largest weight still fits a signed 16-bit integer. */
function int16FractionBits(weights: Float64Array): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, weight);
  let bits = 0;
  while (bits < PILLOW_FRACTION_BITS && Math.floor(0.5 + largest * 2 ** (bits + 1)) < INT16_LIMIT) bits += 1;
  return bits;
}

function roundAwayFromZero(value: number): number {
  return value < 0 ? Math.trunc(value - 0.5) : Math.trunc(value + 0.5);
}

/** [H, W, 3] -> [H, width, 3]. */
function resizeAcross(source: Raster, taps: Taps): Raster {
  const { starts, counts, weights, stride, fractionBits } = taps;
  const { height, data: pixels } = source;
  const width = starts.length;
  const data = new Uint8Array(width * height * 3);
  const half = 1 << (fractionBits - 1);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * source.width * 3;
    for (let x = 0; x < width; x++) {
      let from = row + starts[x]! * 3;
      const first = x * stride;
      const last = first + counts[x]!;
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = first; tap < last; tap++, from += 3) {
        const weight = weights[tap]!;
        red = (red + Math.imul(weight, pixels[from]!)) | 0;
        green = (green + Math.imul(weight, pixels[from + 1]!)) | 0;
        blue = (blue + Math.imul(weight, pixels[from + 2]!)) | 0;
      }
      data[to++] = clampByte(red >> fractionBits);
      data[to++] = clampByte(green >> fractionBits);
      data[to++] = clampByte(blue >> fractionBits);
    }
  }
  return { width, height, data };
}

/** [H, W, 3] -> [height, W, 3], a whole row at a time. */
function resizeDown(source: Raster, taps: Taps): Raster {
  const { starts, counts, weights, stride, fractionBits } = taps;
  const { width, data: pixels } = source;
  const height = starts.length;
  const rowLength = width * 3;
  const data = new Uint8Array(rowLength * height);
  const sums = new Int32Array(rowLength);
  const half = 1 << (fractionBits - 1);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * stride + tap]!;
      const row = (starts[y]! + tap) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x]! + Math.imul(weight, pixels[row + x]!)) | 0;
    }
    const to = y * rowLength;
    for (let x = 0; x < rowLength; x++) data[to + x] = clampByte(sums[x]! >> fractionBits);
  }
  return { width, height, data };
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

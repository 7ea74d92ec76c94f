/** Planes of brightness for registration: reduced by exact factors, so that coordinates stay proportional. */
import type { Size } from '../box.ts';
import type { Raster } from '../raster.ts';

/** Longer sides are halved, divided by three and so on before anything else: photographs have up to 100 megapixels. */
const MAX_SIDE = 1024;

/** The whole number by which `shrink` divides the sides of an image of this size; 1 when it is small enough. */
export function shrinkFactor({ width, height }: Size): number {
  return Math.max(1, Math.floor(Math.max(width, height) / MAX_SIDE));
}

/** Every pixel the mean of `factor` x `factor` pixels; a remainder at the far edges is left out. */
export function shrink(raster: Raster, factor: number): Raster {
  if (factor === 1) return raster;
  const width = Math.max(1, Math.floor(raster.width / factor));
  const height = Math.max(1, Math.floor(raster.height / factor));
  const [across, down] = [Math.min(factor, raster.width), Math.min(factor, raster.height)];
  const data = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let row = y * down; row < (y + 1) * down; row++) {
      let from = row * raster.width * 3;
      for (let x = 0; x < width; x++) {
        for (let column = 0; column < across; column++, from += 3) {
          sums[x * 3]! += raster.data[from]!;
          sums[x * 3 + 1]! += raster.data[from + 1]!;
          sums[x * 3 + 2]! += raster.data[from + 2]!;
        }
      }
    }
    for (let at = 0; at < sums.length; at++) data[y * width * 3 + at] = Math.round(sums[at]! / (across * down));
  }
  return { width, height, data };
}

/** One value per pixel, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Luma (Rec. 601) of `raster`, 0..255. */
export function lumaOf({ width, height, data: rgb }: Raster): Plane {
  const data = new Float32Array(width * height);
  for (let at = 0, from = 0; at < data.length; at++, from += 3)
    data[at] = 0.299 * rgb[from]! + 0.587 * rgb[from + 1]! + 0.114 * rgb[from + 2]!;
  return { width, height, data };
}

/** One colour channel of `raster`, 0..255. */
export function channelOf({ width, height, data: rgb }: Raster, channel: 0 | 1 | 2): Plane {
  const data = new Float32Array(width * height);
  for (let at = 0; at < data.length; at++) data[at] = rgb[at * 3 + channel]!;
  return { width, height, data };
}

/** Every pixel the mean of the `factor` x `factor` square it stands for; a remainder at the far edges is left out. */
export function reduce(plane: Plane, factor: number): Plane {
  if (factor <= 1) return plane;
  return transpose(reduceRows(transpose(reduceRows(plane, factor)), factor));
}

function reduceRows({ width, height, data: source }: Plane, factor: number): Plane {
  const reduced = Math.max(1, Math.floor(width / factor));
  const data = new Float32Array(reduced * height);
  for (let x = 0; x < reduced; x++) {
    const from = x * factor;
    const to = Math.min(width, from + factor);
    for (let column = Math.floor(from); column < to; column++) {
      const share = (Math.min(to, column + 1) - Math.max(from, column)) / (to - from);
      for (let y = 0; y < height; y++) data[y * reduced + x]! += source[y * width + column]! * share;
    }
  }
  return { width: reduced, height, data };
}

function transpose({ width, height, data: source }: Plane): Plane {
  const data = new Float32Array(source.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[x * height + y] = source[y * width + x]!;
  return { width: height, height: width, data };
}

/** Mean over the (2 radius + 1)² square around every pixel, of what lies inside the image. */
export function boxBlur(plane: Plane, radius: number): Plane {
  return transpose(blurRows(transpose(blurRows(plane, radius)), radius));
}

function blurRows({ width, height, data: source }: Plane, radius: number): Plane {
  const data = new Float32Array(source.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += source[row + x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += source[row + x + radius]!;
      if (x - radius > 0) sum -= source[row + x - radius - 1]!;
      data[row + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  return { width, height, data };
}

/** What stands out from its surroundings: lighting that changes slowly over the image is gone. */
export function detailOf(plane: Plane, radius: number): Plane {
  const around = boxBlur(plane, radius).data;
  return { ...plane, data: plane.data.map((value, at) => value - around[at]!) };
}

/** Bilinear value at continuous coordinates; NaN where a neighbour is outside. */
export function sampleAt({ width, height, data }: Plane, x: number, y: number): number {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  if (!(left >= 0 && top >= 0 && left + 1 < width && top + 1 < height)) return NaN;
  const [dx, dy] = [x - 0.5 - left, y - 0.5 - top];
  const at = top * width + left;
  const upper = data[at]! * (1 - dx) + data[at + 1]! * dx;
  const lower = data[at + width]! * (1 - dx) + data[at + width + 1]! * dx;
  return upper * (1 - dy) + lower * dy;
}

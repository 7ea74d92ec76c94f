/** Windows cut from a larger image, straight or as a second photograph would show them (turned, scaled, relit, blurred). */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import { boxArea } from '@agentiad/core/image/box.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import type { LabelledBox } from './labelledCase.ts';

export interface WindowWarp {
  /** Radians, about the window's centre. */
  readonly angle: number;
  readonly scale: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly gain: number;
  /** Grey levels. */
  readonly offset: number;
  /** Passes of a 3 x 3 binomial blur. */
  readonly blur: number;
  readonly noise: number;
  readonly seed: number;
}

export const NO_WARP: WindowWarp = {
  angle: 0,
  scale: 1,
  shiftX: 0,
  shiftY: 0,
  gain: 1,
  offset: 0,
  blur: 0,
  noise: 0,
  seed: 0,
};

/** Up to 8 degrees, 0.95..1.05, 6 pixels; light, blur and noise of another shot. */
export function drawWarp(random: Random): WindowWarp {
  const spread = (reach: number) => (2 * random.next() - 1) * reach;
  return {
    angle: (spread(8) * Math.PI) / 180,
    scale: 1 + spread(0.05),
    shiftX: spread(6),
    shiftY: spread(6),
    gain: 0.88 + 0.12 * random.next(),
    offset: 14 * random.next(),
    blur: random.integer(0, 1),
    noise: 2 * random.next(),
    seed: random.integer(0, 0x7fffffff),
  };
}

/** Cuts a `size` x `size` window whose unwarped top left corner is (left, top); bilinear, edges repeated. */
export function cutWindow(image: Raster, left: number, top: number, size: number, warp: WindowWarp): Raster {
  const data = new Uint8Array(3 * size * size);
  const cos = Math.cos(warp.angle) / warp.scale;
  const sin = Math.sin(warp.angle) / warp.scale;
  const cx = left + size / 2 + warp.shiftX;
  const cy = top + size / 2 + warp.shiftY;
  const random = createRandom(mixSeed('window', warp.seed));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = x + 0.5 - size / 2;
      const v = y + 0.5 - size / 2;
      const sx = Math.min(Math.max(cx + cos * u - sin * v - 0.5, 0), image.width - 1);
      const sy = Math.min(Math.max(cy + sin * u + cos * v - 0.5, 0), image.height - 1);
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      const a = 3 * (y0 * image.width + x0);
      const right = x0 + 1 < image.width ? 3 : 0;
      const down = y0 + 1 < image.height ? 3 * image.width : 0;
      const grain = warp.noise > 0 ? (random.next() + random.next() - 1) * 2.45 * warp.noise : 0;
      for (let c = 0; c < 3; c++) {
        const upper = image.data[a + c]! * (1 - fx) + image.data[a + right + c]! * fx;
        const lower = image.data[a + down + c]! * (1 - fx) + image.data[a + down + right + c]! * fx;
        const value = (upper * (1 - fy) + lower * fy) * warp.gain + warp.offset + grain;
        data[3 * (y * size + x) + c] = Math.min(Math.max(Math.round(value), 0), 255);
      }
    }
  }
  let out: Raster = { width: size, height: size, data };
  for (let pass = 0; pass < warp.blur; pass++) out = binomialBlur(out);
  return out;
}

function binomialBlur(image: Raster): Raster {
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const rows = [Math.max(y - 1, 0), y, Math.min(y + 1, height - 1)];
    for (let x = 0; x < width; x++) {
      const columns = [Math.max(x - 1, 0), x, Math.min(x + 1, width - 1)];
      for (let c = 0; c < 3; c++) {
        let sum = 8;
        for (let j = 0; j < 3; j++) {
          const weight = j === 1 ? 2 : 1;
          const row = rows[j]! * width;
          sum +=
            weight *
            (data[3 * (row + columns[0]!) + c]! +
              2 * data[3 * (row + columns[1]!) + c]! +
              data[3 * (row + columns[2]!) + c]!);
        }
        out[3 * (y * width + x) + c] = sum >> 4;
      }
    }
  }
  return { width, height, data: out };
}

export interface PlacedWindow {
  readonly left: number;
  readonly top: number;
  /** In pixels of the window. */
  readonly boxes: readonly LabelledBox[];
}

export interface WindowPlan {
  readonly size: number;
  /** Kept free along the image's border. */
  readonly margin: number;
  readonly isGood: boolean;
}

const TRIES = 40;

/** A good window touches no box; a bad one holds at least one whole box and cuts none. Null when 40 tries fail. */
export function placeWindow(
  boxes: readonly LabelledBox[],
  image: Size,
  { size, margin, isGood }: WindowPlan,
  random: Random,
): PlacedWindow | null {
  if (size + 2 * margin > Math.min(image.width, image.height)) return null;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const left = random.integer(margin, image.width - size - margin);
    const top = random.integer(margin, image.height - size - margin);
    const inside: LabelledBox[] = [];
    let cut = 0;
    for (const { box, type } of boxes) {
      const local: Box = [box[0] - left, box[1] - top, box[2] - left, box[3] - top];
      if (local[2] <= 0 || local[3] <= 0 || local[0] >= size || local[1] >= size) continue;
      if (local[0] < 0 || local[1] < 0 || local[2] > size || local[3] > size) cut++;
      else inside.push({ box: local, type });
    }
    if (cut === 0 && (inside.length === 0) === isGood) return { left, top, boxes: inside };
  }
  return null;
}

/** The type of the largest box: what a window with several defects is called. */
export function largestType(boxes: readonly LabelledBox[]): string | null {
  return boxes.toSorted((a, b) => boxArea(b.box) - boxArea(a.box))[0]?.type ?? null;
}

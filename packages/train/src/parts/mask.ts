/** Defect masks by difference of two noise-free renders: what shows is what counts. */
import type { Box } from '@agentiad/core/image/box.ts';

/** Grey levels (of 255) that a defect must change a pixel by. */
export const VISIBLE_LEVELS = 9;

/** 255 where any channel differs visibly, without lone pixels. */
export function differenceMask(a: Float32Array, b: Float32Array, size: number): Uint8Array {
  const raw = new Uint8Array(size * size);
  for (let i = 0; i < raw.length; i++) {
    const d = Math.max(
      Math.abs(a[3 * i]! - b[3 * i]!),
      Math.abs(a[3 * i + 1]! - b[3 * i + 1]!),
      Math.abs(a[3 * i + 2]! - b[3 * i + 2]!),
    );
    if (d >= VISIBLE_LEVELS) raw[i] = 255;
  }
  const out = new Uint8Array(raw.length);
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const i = y * size + x;
      if (raw[i] === 0) continue;
      let neighbours = 0;
      for (let oy = -1; oy <= 1; oy++) for (let ox = -1; ox <= 1; ox++) if (raw[i + oy * size + ox]) neighbours++;
      if (neighbours >= 3) out[i] = 255;
    }
  }
  return out;
}

export function countMask(mask: Uint8Array): number {
  let n = 0;
  for (const v of mask) if (v !== 0) n++;
  return n;
}

/** Grows the mask by `radius` pixels in both axes. */
export function dilate(mask: Uint8Array, size: number, radius: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (mask[y * size + x] === 0) continue;
      const x1 = Math.max(0, x - radius);
      const x2 = Math.min(size - 1, x + radius);
      for (let yy = Math.max(0, y - radius); yy <= Math.min(size - 1, y + radius); yy++) {
        out.fill(255, yy * size + x1, yy * size + x2 + 1);
      }
    }
  }
  return out;
}

/** Half-open bounding box of the mask, null when it is empty. */
export function maskBox(mask: Uint8Array, width: number): Box | null {
  let x1 = Infinity;
  let y1 = Infinity;
  let x2 = -1;
  let y2 = -1;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    x1 = Math.min(x1, x);
    y1 = Math.min(y1, y);
    x2 = Math.max(x2, x);
    y2 = Math.max(y2, y);
  }
  return x2 < 0 ? null : [x1, y1, x2 + 1, y2 + 1];
}

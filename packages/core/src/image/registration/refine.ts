/**
 * Brings a map to a fraction of a pixel: Gauss-Newton on the difference of two planes (Lucas and Kanade 1981) with gain
 * and offset of brightness, pixels that do not fit (a defect) counting little.
 */
import { sampleAt, type Plane } from './gray.ts';
import type { Similarity } from './similarity.ts';

/** Unknowns: a, b, x, y of the map, gain and offset. */
const UNKNOWNS = 6;
const MAX_POINTS = 40_000;

/** The map from `part` to `exemplar` near `start` that makes them most alike. */
export function refine(part: Plane, exemplar: Plane, start: Similarity, iterations: number): Similarity {
  const stride = Math.max(1, Math.round(Math.sqrt((part.width * part.height) / MAX_POINTS)));
  const centre = { x: part.width / 2, y: part.height / 2 };
  // Coordinates are centred and divided by `reach`, so that all unknowns have the same size.
  const reach = Math.max(part.width, part.height) / 2;
  let map = centred(start, centre);
  let photometric = { gain: 1, offset: 0 };
  let spread = Infinity;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const normal = new Float64Array(UNKNOWNS * UNKNOWNS);
    const right = new Float64Array(UNKNOWNS);
    const row = new Float64Array(UNKNOWNS);
    let absolute = 0;
    let points = 0;
    for (let py = 0; py < part.height; py += stride) {
      for (let px = 0; px < part.width; px += stride) {
        const u = (px + 0.5 - centre.x) / reach;
        const v = (py + 0.5 - centre.y) / reach;
        const x = (map.a * u - map.b * v) * reach + map.x;
        const y = (map.b * u + map.a * v) * reach + map.y;
        const value = sampleAt(exemplar, x, y);
        const gx = (sampleAt(exemplar, x + 1, y) - sampleAt(exemplar, x - 1, y)) / 2;
        const gy = (sampleAt(exemplar, x, y + 1) - sampleAt(exemplar, x, y - 1)) / 2;
        if (Number.isNaN(gx + gy + value)) continue;
        const residual = part.data[py * part.width + px]! - photometric.gain * value - photometric.offset;
        absolute += Math.abs(residual);
        points += 1;
        const weight = spread === Infinity ? 1 : 1 / (1 + (residual / spread) ** 2) ** 2;
        const { gain } = photometric;
        row[0] = gain * reach * (gx * u + gy * v);
        row[1] = gain * reach * (gy * u - gx * v);
        row[2] = gain * gx;
        row[3] = gain * gy;
        row[4] = value;
        row[5] = 1;
        for (let i = 0; i < UNKNOWNS; i++) {
          right[i]! += weight * row[i]! * residual;
          for (let j = 0; j <= i; j++) normal[i * UNKNOWNS + j]! += weight * row[i]! * row[j]!;
        }
      }
    }
    if (points < 50) break;
    spread = Math.max(1, (2.5 * absolute) / points);
    const step = solve(normal, right);
    if (!step) break;
    map = { a: map.a + step[0]!, b: map.b + step[1]!, x: map.x + step[2]!, y: map.y + step[3]! };
    photometric = { gain: photometric.gain + step[4]!, offset: photometric.offset + step[5]! };
    if (Math.abs(step[2]!) + Math.abs(step[3]!) + reach * (Math.abs(step[0]!) + Math.abs(step[1]!)) < 0.002) break;
  }
  return uncentred(map, centre);
}

/** The same map as a function of (point - centre): `x`, `y` become the image of the centre. */
function centred({ a, b, x, y }: Similarity, centre: { x: number; y: number }): Similarity {
  return { a, b, x: a * centre.x - b * centre.y + x, y: b * centre.x + a * centre.y + y };
}

function uncentred({ a, b, x, y }: Similarity, centre: { x: number; y: number }): Similarity {
  return { a, b, x: x - (a * centre.x - b * centre.y), y: y - (b * centre.x + a * centre.y) };
}

/** Solves the symmetric system whose lower triangle is `matrix` (Cholesky); null when it is singular. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  const lower = Float64Array.from(matrix);
  for (let i = 0; i < n; i++) {
    lower[i * n + i]! *= 1 + 1e-6;
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i === j && !(sum > 1e-12)) return null;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  const result = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) result[i]! -= lower[i * n + k]! * result[k]!;
    result[i]! /= lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) result[i]! -= lower[k * n + i]! * result[k]!;
    result[i]! /= lower[i * n + i]!;
  }
  return result;
}

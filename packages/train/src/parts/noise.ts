/** Seeded lattice noise on the plane. Pure functions of (x, y, seed); values in [0, 1]. */

/** Uniform [0, 1) of a lattice point. */
export function hash2(ix: number, iy: number, seed: number): number {
  let h = Math.imul(ix, 0x27d4eb2d) ^ Math.imul(iy, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smoothly interpolated value noise with lattice spacing 1. */
export function valueNoise(x: number, y: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const ux = fx * fx * (3 - 2 * fx);
  const uy = fy * fy * (3 - 2 * fy);
  const top = hash2(ix, iy, seed) * (1 - ux) + hash2(ix + 1, iy, seed) * ux;
  const bottom = hash2(ix, iy + 1, seed) * (1 - ux) + hash2(ix + 1, iy + 1, seed) * ux;
  return top * (1 - uy) + bottom * uy;
}

/** Fractal sum of value noise, normalised to [0, 1]. */
export function fbm(x: number, y: number, octaves: number, seed: number): number {
  let sum = 0;
  let amplitude = 0.5;
  let total = 0;
  let fx = x;
  let fy = y;
  for (let octave = 0; octave < octaves; octave++) {
    sum += amplitude * valueNoise(fx, fy, seed + octave * 101);
    total += amplitude;
    amplitude *= 0.5;
    fx = fx * 2.03 + 17.3;
    fy = fy * 2.03 + 9.1;
  }
  return sum / total;
}

/** Cellular noise: `edge` is 0 on the border between two cells, `id` is uniform [0, 1) per cell. */
export function cells(x: number, y: number, seed: number, out: { edge: number; id: number }): void {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  let nearest = 9;
  let second = 9;
  let id = 0;
  for (let oy = -1; oy <= 1; oy++) {
    for (let ox = -1; ox <= 1; ox++) {
      const cx = ix + ox;
      const cy = iy + oy;
      const dx = cx + 0.15 + 0.7 * hash2(cx, cy, seed) - x;
      const dy = cy + 0.15 + 0.7 * hash2(cx, cy, seed + 7919) - y;
      const d = dx * dx + dy * dy;
      if (d < nearest) {
        second = nearest;
        nearest = d;
        id = hash2(cx, cy, seed + 104729);
      } else if (d < second) second = d;
    }
  }
  out.edge = Math.sqrt(second) - Math.sqrt(nearest);
  out.id = id;
}

export function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp01((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** The camera: pose and light of one photograph, and what a real sensor and JPEG add to it. Knows no labels. */
import type { Random } from '@agentiad/core/support/random.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Light } from './shade.ts';
import type { Pose } from './surface.ts';
import type { Placement } from './types.ts';
import { hash2 } from './noise.ts';

/** Everything that differs between two photographs of the same part. */
export interface Shot {
  readonly pose: Pose;
  readonly light: Light;
  /** Illumination falls by this fraction across the image, in this direction (radians). */
  readonly falloff: number;
  readonly falloffAngle: number;
  readonly vignette: number;
  readonly warmth: number;
  /** Weight of the 3 x 3 binomial blur, 0..1. */
  readonly softness: number;
  /** Standard deviation of sensor noise, grey levels. */
  readonly noise: number;
  readonly blocks: number;
  readonly seed: number;
}

const DEGREE = Math.PI / 180;

/** Reach of the pose: degrees each way, share of the scale, share of the side. */
const REACH: Readonly<Record<Placement, { readonly angle: number; readonly scale: number; readonly shift: number }>> = {
  jig: { angle: 10, scale: 0.1, shift: 0.03 },
  loose: { angle: 180, scale: 0.1, shift: 0.06 },
};

/** One photograph of a part that lies like this; light turned by up to 40 degrees. */
export function drawShot(random: Random, size: number, placement: Placement = 'jig'): Shot {
  const reach = REACH[placement];
  const spread = (reach: number) => (2 * random.next() - 1) * reach;
  const azimuth = (225 + spread(40)) * DEGREE;
  const elevation = (52 + spread(9)) * DEGREE;
  return {
    pose: {
      centreX: size * (0.5 + spread(reach.shift)),
      centreY: size * (0.5 + spread(reach.shift)),
      scale: size * 0.4 * (1 + spread(reach.scale)),
      angle: spread(reach.angle) * DEGREE,
    },
    light: {
      x: Math.cos(azimuth) * Math.cos(elevation),
      y: Math.sin(azimuth) * Math.cos(elevation),
      z: Math.sin(elevation),
      intensity: 1 + spread(0.1),
    },
    falloff: 0.05 + 0.15 * random.next(),
    falloffAngle: azimuth + Math.PI + spread(0.4),
    vignette: 0.04 + 0.08 * random.next(),
    warmth: spread(0.02),
    softness: random.next() * 0.8,
    noise: 0.6 + 1.6 * random.next(),
    blocks: 1.4 * random.next(),
    seed: random.integer(0, 0x7fffffff),
  };
}

/** Lit image (sRGB floats) to the 8-bit photograph. */
export function expose(lit: Float32Array, size: number, shot: Shot): Raster {
  const soft = blend(lit, size, shot.softness);
  const data = new Uint8Array(3 * size * size);
  const ripple = blockRipple(size, shot);
  const warm = [1 + shot.warmth, 1, 1 - shot.warmth];
  const cos = Math.cos(shot.falloffAngle);
  const sin = Math.sin(shot.falloffAngle);
  let state = shot.seed | 1;
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size - 0.5;
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - 0.5;
      const gain = 1 - shot.falloff * 0.5 * (u * cos + v * sin) - shot.vignette * 2 * (u * u + v * v);
      const i = y * size + x;
      for (let c = 0; c < 3; c++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        // Sum of two 16-bit uniforms: triangular, close enough to a Gaussian; standard deviation 0.408.
        const grain = ((state & 0xffff) + (state >>> 16)) / 65536 - 1;
        const value = soft[3 * i + c]! * gain * warm[c]! + (grain / 0.408) * shot.noise + ripple[i]!;
        data[3 * i + c] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
  return { width: size, height: size, data };
}

/** One random cosine per 8 x 8 block, like the residue of JPEG; independent of the content. */
function blockRipple(size: number, shot: Shot): Float32Array {
  const out = new Float32Array(size * size);
  for (let by = 0; by < size; by += 8) {
    for (let bx = 0; bx < size; bx += 8) {
      const u = Math.floor(hash2(bx, by, shot.seed) * 4);
      const v = Math.floor(hash2(bx, by, shot.seed + 1) * 4);
      const amplitude = (hash2(bx, by, shot.seed + 2) - 0.5) * 2 * shot.blocks;
      for (let y = by; y < Math.min(by + 8, size); y++) {
        const row = amplitude * Math.cos(((2 * (y - by) + 1) * v * Math.PI) / 16);
        for (let x = bx; x < Math.min(bx + 8, size); x++) {
          out[y * size + x] = row * Math.cos(((2 * (x - bx) + 1) * u * Math.PI) / 16);
        }
      }
    }
  }
  return out;
}

/** Mixes the image with its 3 x 3 binomial blur. */
function blend(input: Float32Array, size: number, weight: number): Float32Array {
  const rows = new Float32Array(input.length);
  const side = weight / 4;
  const middle = 1 - weight / 2;
  const stride = 3 * size;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = y * stride + 3 * x;
      const left = x > 0 ? i - 3 : i;
      const right = x < size - 1 ? i + 3 : i;
      for (let c = 0; c < 3; c++) rows[i + c] = middle * input[i + c]! + side * (input[left + c]! + input[right + c]!);
    }
  }
  const out = new Float32Array(input.length);
  for (let y = 0; y < size; y++) {
    const up = (y > 0 ? y - 1 : y) * stride;
    const down = (y < size - 1 ? y + 1 : y) * stride;
    const row = y * stride;
    for (let k = 0; k < stride; k++) out[row + k] = middle * rows[row + k]! + side * (rows[up + k]! + rows[down + k]!);
  }
  return out;
}

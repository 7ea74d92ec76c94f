/**
 * Lights a surface: Lambert + Blinn-Phong for dielectrics, a one-softbox environment for metals, and soft contact
 * shadows from the blurred height map looked up towards the light. Output is sRGB 0..255 in floats, [size, size, 3].
 */
import type { Surface } from './surface.ts';

/** Direction to the light in the image frame (y down), unit length. */
export interface Light {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly intensity: number;
}

const AMBIENT = 0.4;
const DIFFUSE = 0.8;

export function shade(surface: Surface, light: Light): Float32Array {
  const { size, height, albedo, gloss, metal, pose } = surface;
  const out = new Float32Array(3 * size * size);
  const radius = Math.max(2, Math.round(size / 45));
  const blurred = boxBlur(boxBlur(height, size, radius), size, radius);
  const flat = Math.hypot(light.x, light.y) || 1e-6;
  const lx = light.x / flat;
  const ly = light.y / flat;
  const shift = size / 32;
  const sx = Math.round(lx * shift);
  const sy = Math.round(ly * shift);
  const hLength = Math.hypot(light.x, light.y, light.z + 1);
  const hx = light.x / hLength;
  const hy = light.y / hLength;
  const hz = (light.z + 1) / hLength;
  const level = light.intensity / (AMBIENT + DIFFUSE * light.z);
  const relief = pose.scale / 2;
  for (let y = 0; y < size; y++) {
    const up = (y > 0 ? y - 1 : y) * size;
    const down = (y < size - 1 ? y + 1 : y) * size;
    const shadowRow = Math.min(Math.max(y + sy, 0), size - 1) * size;
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const left = x > 0 ? i - 1 : i;
      const right = x < size - 1 ? i + 1 : i;
      const gx = -(height[right]! - height[left]!) * relief;
      const gy = -(height[down + x]! - height[up + x]!) * relief;
      const nz = 1 / Math.sqrt(gx * gx + gy * gy + 1);
      const nx = gx * nz;
      const ny = gy * nz;
      const facing = nx * light.x + ny * light.y + nz * light.z;
      const shadowX = Math.min(Math.max(x + sx, 0), size - 1);
      const over = (blurred[shadowRow + shadowX]! * 0.7 + blurred[i]! * 0.3 - height[i]!) * 5;
      const shadow = over > 0 ? (over < 0.62 ? over : 0.62) : 0;
      const lambert = (AMBIENT * (1 - 0.5 * shadow) + DIFFUSE * (facing > 0 ? facing : 0) * (1 - shadow)) * level;
      const g = gloss[i]!;
      const m = metal[i]!;
      let specular = 0;
      if (g > 0.01) {
        const facingHalf = nx * hx + ny * hy + nz * hz;
        if (facingHalf > 0.5) specular = g * Math.pow(facingHalf, 10 + 110 * g * g) * (1 - shadow) * light.intensity;
      }
      let body = lambert;
      if (m > 0.01) {
        const t = nx * lx + ny * ly;
        const lobe = (t - 0.3) / 0.16;
        const softbox = 0.62 + 0.75 * t + 0.75 * Math.exp(-lobe * lobe) * (0.3 + g);
        body = lambert * (1 - m) + m * (0.35 * lambert + 0.75 * (softbox > 0.06 ? softbox : 0.06) * (1 - 0.8 * shadow));
      }
      const white = specular * (1 - m) * 0.55;
      for (let c = 0; c < 3; c++) {
        const a = albedo[3 * i + c]!;
        out[3 * i + c] = toSrgb(a * (body + specular * m * 0.5) + white);
      }
    }
  }
  return out;
}

const TABLE_STEPS = 4096;
const SRGB = Float32Array.from({ length: TABLE_STEPS + 2 }, (_, k) => {
  const v = k / TABLE_STEPS;
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
});

/** Linear to sRGB with a soft shoulder above 0.8, so that highlights do not clip to flat white. */
function toSrgb(linear: number): number {
  let v = linear > 0 ? linear : 0;
  if (v > 0.8) v = 0.8 + 0.2 * (1 - Math.exp(-(v - 0.8) / 0.35));
  const at = v * TABLE_STEPS;
  const k = at | 0;
  return SRGB[k]! + (SRGB[k + 1]! - SRGB[k]!) * (at - k);
}

function boxBlur(input: Float32Array, size: number, radius: number): Float32Array {
  return blurColumns(blurRows(input, size, radius), size, radius);
}

function blurRows(input: Float32Array, size: number, radius: number): Float32Array {
  const out = new Float32Array(input.length);
  const scale = 1 / (2 * radius + 1);
  for (let y = 0; y < size; y++) {
    const row = y * size;
    let sum = input[row]! * (radius + 1);
    for (let k = 0; k < radius; k++) sum += input[row + Math.min(k, size - 1)]!;
    for (let x = 0; x < size; x++) {
      sum += input[row + Math.min(x + radius, size - 1)]!;
      out[row + x] = sum * scale;
      sum -= input[row + Math.max(x - radius, 0)]!;
    }
  }
  return out;
}

function blurColumns(input: Float32Array, size: number, radius: number): Float32Array {
  const out = new Float32Array(input.length);
  const scale = 1 / (2 * radius + 1);
  const sums = new Float64Array(size);
  for (let x = 0; x < size; x++) {
    sums[x] = input[x]! * (radius + 1);
    for (let k = 0; k < radius; k++) sums[x]! += input[Math.min(k, size - 1) * size + x]!;
  }
  for (let y = 0; y < size; y++) {
    const enter = Math.min(y + radius, size - 1) * size;
    const leave = Math.max(y - radius, 0) * size;
    for (let x = 0; x < size; x++) {
      sums[x]! += input[enter + x]!;
      out[y * size + x] = sums[x]! * scale;
      sums[x]! -= input[leave + x]!;
    }
  }
  return out;
}

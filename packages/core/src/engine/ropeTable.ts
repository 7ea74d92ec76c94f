/** Cosines and sines of rotary positions, made on the host in float64: WGSL's own are not precise enough. */
import type { TextConfig, VisionConfig } from '../model/config.ts';

/** (cos, sin) of M-RoPE, [positions][headDim / 2]; which axis a frequency follows is the kernels' business. */
export function textRopeTable({ headDim, ropeTheta }: TextConfig, positions: number): Float32Array<ArrayBuffer> {
  return ropeTable(positions, headDim / 2, ropeTheta);
}

/** (cos, sin) of the vision tower, [positions][headDim / 4]: the same for rows and columns. */
export function visionRopeTable({ headDim }: VisionConfig, positions: number): Float32Array<ArrayBuffer> {
  return ropeTable(positions, headDim / 4, 10000);
}

function ropeTable(positions: number, frequencies: number, base: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(2 * positions * frequencies);
  for (let i = 0; i < frequencies; i++) {
    const frequency = Math.fround(1 / base ** (i / frequencies));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      const at = 2 * (position * frequencies + i);
      table[at] = Math.cos(angle);
      table[at + 1] = Math.sin(angle);
    }
  }
  return table;
}

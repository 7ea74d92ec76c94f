/**
 * How values lie in GPU buffers; every kernel relies on it.
 *
 * Activations are f32, row-major, each row padded to a multiple of 32 columns. The padding is zero: buffers start zeroed
 * and no kernel writes other values there, so that dot products may run over it.
 *
 * Matrices [rows, columns] (linear weights [out, in]) have every row padded to a multiple of 32 columns with zeros:
 * - `f32`: 4 bytes a value; `f16`: 2 bytes a value, two in a u32, low half first.
 * - `q8`: a signed byte a value, four in a u32, low byte first; one f32 scale a row; value = code * scale.
 * - `q4`: groups of 32 columns, 16 bytes each. In u32 number j of a group, byte b holds column 8j + b in its low nibble
 *   and column 8j + 4 + b in its high nibble; value = (nibble - 8) * scale. One f16 scale a group, row-major
 *   [rows, groups], two in a u32, low half first.
 *
 * The pass buffer (`array<u32>`) holds what changes from one dispatch sequence to the next:
 * [0] rows of this pass, [1] tokens already in the key-value cache, [2] row whose logits are wanted, [3] unused,
 * [4 + 3 * row + axis] the rotary position of a row on the temporal, row and column axis.
 */
import type { WeightSchemeName } from '../model/weightSchemes.ts';

export type MatrixFormat = WeightSchemeName;

export const groupSize = 32;

/** Row stride, in values, of activations and matrices of `width` columns. */
export function rowStride(width: number): number {
  return Math.ceil(width / groupSize) * groupSize;
}

export const passFields = { rows: 0, cached: 1, logitsRow: 2, positions: 4 } as const;

/** Bytes of a pass buffer for passes of up to `rows` rows. */
export function passBytes(rows: number): number {
  return 4 * (passFields.positions + 3 * rows);
}

/** Bytes of the values (codes) and of the scales of a matrix on the GPU; scales are 0 bytes for f32 and f16. */
export function matrixBytes(format: MatrixFormat, rows: number, columns: number): { codes: number; scales: number } {
  const values = rows * rowStride(columns);
  switch (format) {
    case 'f32':
      return { codes: 4 * values, scales: 0 };
    case 'f16':
      return { codes: 2 * values, scales: 0 };
    case 'q8':
      return { codes: values, scales: 4 * rows };
    case 'q4':
      return { codes: values / 2, scales: Math.ceil(values / groupSize / 2) * 4 };
  }
}

/** Head stride, in values, of the key-value cache. */
export function headStride(headDim: number): number {
  return Math.ceil(headDim / 8) * 8;
}

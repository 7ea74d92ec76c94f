/**
 * Symmetric int4 in groups of 32 columns: value = (nibble - 8) * scale, one float16 scale a group. The last group of a
 * row is padded with zeros; the order of the nibbles is that of kernels/layout.ts.
 */
import { halfBits, halfValues } from '../support/float16.ts';
import type { EncodedRows } from './weightSource.ts';

/** Columns that share one scale. */
const groupSize = 32;
/** Bytes of a group's nibbles. */
const groupBytes = 16;

/** Groups of one row. */
export function q4GroupCount(columns: number): number {
  return Math.ceil(columns / groupSize);
}

/** The value largest in size becomes nibble 0, which stands for -8. Values must be finite. */
export function encodeQ4(values: Float32Array, rows: number, columns: number): EncodedRows {
  const perRow = q4GroupCount(columns);
  const codes = new Uint8Array(rows * perRow * groupBytes);
  const scales = new Uint16Array(rows * perRow);
  const halves = halfValues();
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let row = 0, group = 0; row < rows; row++) {
    for (let from = 0; from < columns; from += groupSize, group++) {
      const start = row * columns + from;
      const count = Math.min(groupSize, columns - from);
      let low = 0;
      let high = 0;
      for (let i = start; i < start + count; i++) {
        const value = values[i]!;
        if (value < low) low = value;
        else if (value > high) high = value;
      }
      float[0] = (high > -low ? high : low) / -8;
      const half = halfBits(bits[0]!);
      scales[group] = half;
      const scale = halves[half]!; // the scale that will be read back
      const inverse = scale === 0 ? 0 : 1 / scale;
      for (let i = 0; i < groupSize; i++) {
        const value = i < count ? values[start + i]! * inverse : 0;
        const nibble = Math.max(0, Math.min(15, Math.floor(value + 8.5)));
        codes[group * groupBytes + byteOf(i)]! |= nibble << shiftOf(i);
      }
    }
  }
  return { codes, scales: new Uint8Array(scales.buffer) };
}

/** The parts of `encoded` fill their own buffers. */
export function decodeQ4(encoded: EncodedRows, rows: number, columns: number): Float32Array {
  const { codes } = encoded;
  const scales = new Uint16Array(encoded.scales!.buffer);
  const halves = halfValues();
  const out = new Float32Array(rows * columns);
  for (let row = 0, group = 0; row < rows; row++) {
    for (let from = 0; from < columns; from += groupSize, group++) {
      const scale = halves[scales[group]!]!;
      const count = Math.min(groupSize, columns - from);
      for (let i = 0; i < count; i++) {
        const nibble = (codes[group * groupBytes + byteOf(i)]! >> shiftOf(i)) & 15;
        out[row * columns + from + i] = (nibble - 8) * scale;
      }
    }
  }
  return out;
}

/** Place of column i of a group: its byte among the 16, and the bit its nibble starts at. */
function byteOf(i: number): number {
  return (i >> 3) * 4 + (i & 3);
}

function shiftOf(i: number): number {
  return i & 4;
}

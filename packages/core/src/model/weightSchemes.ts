/**
 * How the container stores a tensor's values. One entry per scheme: a new one is added here and
 * nowhere else. Encoded bytes are little-endian and start 4-byte aligned.
 */
import { float16ToFloat32, float32ToFloat16 } from '../support/float16.ts';
import { elementCount } from './safetensors.ts';

interface WeightScheme {
  /** Bytes of a tensor of `shape`. */
  byteLength(shape: readonly number[]): number;
  encode(values: Float32Array, shape: readonly number[]): Uint8Array;
  /** `bytes` fills its own buffer. */
  decode(bytes: Uint8Array, shape: readonly number[]): Float32Array;
}

const f32: WeightScheme = {
  byteLength: (shape) => 4 * elementCount(shape),
  encode: (values) => new Uint8Array(Float32Array.from(values).buffer),
  decode: (bytes) => new Float32Array(bytes.buffer),
};

const f16: WeightScheme = {
  byteLength: (shape) => 2 * elementCount(shape),
  encode: (values) => new Uint8Array(float32ToFloat16(values).buffer),
  decode: (bytes) => float16ToFloat32(new Uint16Array(bytes.buffer)),
};

/**
 * Symmetric int8 with one float32 scale per row (first axis): value = code * scale, codes -127..127. The codes of all
 * rows, zero bytes up to a multiple of 4, then the scales.
 */
const q8: WeightScheme = {
  byteLength: (shape) => scalesAt(shape) + 4 * rowCount(shape),
  encode(values, shape) {
    const bytes = new Uint8Array(q8.byteLength(shape));
    const { codes, scales, columns } = q8Views(bytes, shape);
    for (let row = 0; row < scales.length; row++) {
      const start = row * columns;
      let largest = 0;
      for (let i = start; i < start + columns; i++) largest = Math.max(largest, Math.abs(values[i]!));
      scales[row] = largest / 127;
      // The stored (rounded) scale, so that what is read back is as near as it can be.
      const scale = scales[row]!;
      for (let i = start; scale > 0 && i < start + columns; i++) {
        codes[i] = Math.max(-127, Math.min(127, Math.round(values[i]! / scale)));
      }
    }
    return bytes;
  },
  decode(bytes, shape) {
    const { codes, scales, columns } = q8Views(bytes, shape);
    const out = new Float32Array(codes.length);
    for (let i = 0; i < out.length; i++) out[i] = codes[i]! * scales[Math.floor(i / columns)]!;
    return out;
  },
};

/** Columns that share one scale in `q4`. */
const groupSize = 32;

/**
 * Symmetric int4 in groups of 32 columns (the last one of a row padded with zeros): value = (nibble - 8) * scale. Of
 * each group 16 bytes of nibbles in the order of kernels/layout.ts, all rows one after the other; then one float16 scale
 * a group, row-major, padded to a multiple of 4 bytes. The value largest in size becomes nibble 0.
 */
const q4: WeightScheme = {
  byteLength: (shape) => 16 * groupCount(shape) + Math.ceil(groupCount(shape) / 2) * 4,
  encode(values, shape) {
    const bytes = new Uint8Array(q4.byteLength(shape));
    const scales = new Float32Array(groupCount(shape));
    eachGroup(shape, (group, start, count) => {
      let largest = 0;
      for (let i = start; i < start + count; i++) if (Math.abs(values[i]!) > Math.abs(largest)) largest = values[i]!;
      scales[group] = largest / -8;
    });
    const stored = float32ToFloat16(scales);
    const rounded = float16ToFloat32(stored); // the scales that will be read back
    eachGroup(shape, (group, start, count) => {
      const scale = rounded[group]!;
      for (let i = 0; i < groupSize; i++) {
        const value = i < count && scale !== 0 ? values[start + i]! / scale : 0;
        const nibble = Math.max(0, Math.min(15, Math.round(value) + 8));
        bytes[group * 16 + byteOf(i)]! |= nibble << shiftOf(i);
      }
    });
    bytes.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), 16 * scales.length);
    return bytes;
  },
  decode(bytes, shape) {
    const count = groupCount(shape);
    const scales = float16ToFloat32(new Uint16Array(bytes.buffer, 16 * count, count));
    const out = new Float32Array(elementCount(shape));
    eachGroup(shape, (group, start, columns) => {
      for (let i = 0; i < columns; i++) {
        const nibble = (bytes[group * 16 + byteOf(i)]! >> shiftOf(i)) & 15;
        out[start + i] = (nibble - 8) * scales[group]!;
      }
    });
    return out;
  },
};

/** Place of column i of a group: its byte among the 16, and the bit its nibble starts at. */
function byteOf(i: number): number {
  return Math.floor(i / 8) * 4 + (i % 4);
}

function shiftOf(i: number): number {
  return i % 8 < 4 ? 0 : 4;
}

function groupCount(shape: readonly number[]): number {
  return rowCount(shape) * Math.ceil(elementCount(shape.slice(1)) / groupSize);
}

/** Calls `visit(group, index of its first value, values in it)` for every group, row by row. */
function eachGroup(shape: readonly number[], visit: (group: number, start: number, count: number) => void): void {
  const columns = elementCount(shape.slice(1));
  const perRow = Math.ceil(columns / groupSize);
  for (let group = 0; group < rowCount(shape) * perRow; group++) {
    const from = (group % perRow) * groupSize;
    visit(group, Math.floor(group / perRow) * columns + from, Math.min(groupSize, columns - from));
  }
}

function rowCount(shape: readonly number[]): number {
  return shape[0] ?? 1;
}

function scalesAt(shape: readonly number[]): number {
  return Math.ceil(elementCount(shape) / 4) * 4;
}

function q8Views(bytes: Uint8Array, shape: readonly number[]) {
  const scales = new Float32Array(bytes.buffer, scalesAt(shape), rowCount(shape));
  const codes = new Int8Array(bytes.buffer, 0, elementCount(shape));
  return { codes, scales, columns: elementCount(shape.slice(1)) };
}

const schemes = { f32, f16, q8, q4 } as const;

export type WeightSchemeName = keyof typeof schemes;
export const weightSchemeNames = Object.keys(schemes) as WeightSchemeName[];

export function weightScheme(name: WeightSchemeName): WeightScheme {
  return schemes[name];
}

export function isWeightSchemeName(name: unknown): name is WeightSchemeName {
  return typeof name === 'string' && Object.hasOwn(schemes, name);
}

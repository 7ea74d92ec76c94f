/**
 * How the container stores a tensor's values. One entry per scheme: a new one is added here and nowhere else.
 *
 * A tensor is a matrix: the first axis gives the rows, the others the columns (a vector has one column a row). Stored
 * are the codes of all rows, zero bytes up to a multiple of 4, then the scales of all rows, little-endian; a scheme
 * without scales has no padding either. Rows can be encoded and read by themselves.
 */
import { float16ToFloat32, float32ToFloat16 } from '../support/float16.ts';
import { decodeQ4, encodeQ4, q4GroupCount } from './q4.ts';
import { elementCount } from './safetensors.ts';
import type { EncodedRows } from './weightSource.ts';

/** The scheme's own part: what one row of `columns` values becomes. */
interface RowCodec {
  /** Bytes of a row's codes and of its scales. */
  rowBytes(columns: number): { readonly codes: number; readonly scales: number };
  /** Largest magnitude that it can store; a value beyond it would become infinite. */
  readonly largest: number;
  encode(values: Float32Array, rows: number, columns: number): EncodedRows;
  /** The parts of `encoded` fill their own buffers. */
  decode(encoded: EncodedRows, rows: number, columns: number): Float32Array;
}

/** Largest float32. */
const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;
/** Largest value that does not round to an infinite float16. */
const largestFloat16 = 65519.996;

const f32: RowCodec = {
  rowBytes: (columns) => ({ codes: 4 * columns, scales: 0 }),
  largest: largestFloat32,
  encode: (values) => ({ codes: new Uint8Array(Float32Array.from(values).buffer), scales: null }),
  decode: ({ codes }) => new Float32Array(codes.buffer),
};

const f16: RowCodec = {
  rowBytes: (columns) => ({ codes: 2 * columns, scales: 0 }),
  largest: largestFloat16,
  encode: (values) => ({ codes: new Uint8Array(float32ToFloat16(values).buffer), scales: null }),
  decode: ({ codes }) => float16ToFloat32(new Uint16Array(codes.buffer)),
};

/** Symmetric int8 with one float32 scale per row: value = code * scale, codes -127..127. */
const q8: RowCodec = {
  rowBytes: (columns) => ({ codes: columns, scales: 4 }),
  largest: largestFloat32,
  encode(values, rows, columns) {
    const codes = new Int8Array(rows * columns);
    const scales = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
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
    return { codes: new Uint8Array(codes.buffer), scales: new Uint8Array(scales.buffer) };
  },
  decode({ codes, scales }, rows, columns) {
    const integers = new Int8Array(codes.buffer);
    const rowScales = new Float32Array(scales!.buffer);
    const out = new Float32Array(rows * columns);
    for (let row = 0, i = 0; row < rows; row++) {
      for (const end = i + columns; i < end; i++) out[i] = integers[i]! * rowScales[row]!;
    }
    return out;
  },
};

/** Symmetric int4 in groups of 32 columns with a float16 scale each (`q4.ts`). */
const q4: RowCodec = {
  rowBytes: (columns) => ({ codes: 16 * q4GroupCount(columns), scales: 2 * q4GroupCount(columns) }),
  largest: 8 * 65504,
  encode: encodeQ4,
  decode: decodeQ4,
};

const codecs = { f32, f16, q8, q4 } as const;

export type WeightSchemeName = keyof typeof codecs;
export const weightSchemeNames = Object.keys(codecs) as WeightSchemeName[];

export function isWeightSchemeName(name: unknown): name is WeightSchemeName {
  return typeof name === 'string' && Object.hasOwn(codecs, name);
}

/** Where the parts of a stored tensor lie, in bytes from its start. */
export interface StoredLayout {
  readonly rows: number;
  readonly columns: number;
  /** Bytes of one row's codes and scales. */
  readonly rowCodes: number;
  readonly rowScales: number;
  readonly scalesAt: number;
  readonly byteLength: number;
}

export function storedLayout(scheme: WeightSchemeName, shape: readonly number[]): StoredLayout {
  const rows = shape[0] ?? 1;
  const columns = elementCount(shape.slice(1));
  const { codes, scales } = codecs[scheme].rowBytes(columns);
  const aligned = Math.ceil((rows * codes) / 4) * 4;
  const byteLength = scales === 0 ? rows * codes : aligned + Math.ceil((rows * scales) / 4) * 4;
  return { rows, columns, rowCodes: codes, rowScales: scales, scalesAt: aligned, byteLength };
}

export function encodeRows(scheme: WeightSchemeName, values: Float32Array, rows: number, columns: number): EncodedRows {
  return codecs[scheme].encode(values, rows, columns);
}

export function decodeRows(scheme: WeightSchemeName, encoded: EncodedRows, rows: number, columns: number) {
  return codecs[scheme].decode(encoded, rows, columns);
}

/** Largest magnitude that `scheme` stores as a finite number. */
export function largestValue(scheme: WeightSchemeName): number {
  return codecs[scheme].largest;
}

interface WeightScheme {
  /** Bytes of a tensor of `shape`. */
  byteLength(shape: readonly number[]): number;
  encode(values: Float32Array, shape: readonly number[]): Uint8Array;
  /** `bytes` fills its own buffer. */
  decode(bytes: Uint8Array, shape: readonly number[]): Float32Array;
}

/** Whole tensors at once. */
export function weightScheme(name: WeightSchemeName): WeightScheme {
  const codec = codecs[name];
  return {
    byteLength: (shape) => storedLayout(name, shape).byteLength,
    encode(values, shape) {
      const { rows, columns, scalesAt, byteLength } = storedLayout(name, shape);
      const { codes, scales } = codec.encode(values, rows, columns);
      const bytes = new Uint8Array(byteLength);
      bytes.set(codes);
      if (scales) bytes.set(scales, scalesAt);
      return bytes;
    },
    decode(bytes, shape) {
      const { rows, columns, rowCodes, rowScales, scalesAt } = storedLayout(name, shape);
      const scales = rowScales > 0 ? bytes.slice(scalesAt, scalesAt + rows * rowScales) : null;
      return codec.decode({ codes: bytes.slice(0, rows * rowCodes), scales }, rows, columns);
    },
  };
}

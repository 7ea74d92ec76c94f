/** Matrices in the GPU's layout, made from float32 values; what they decode to is the reference's input. */
import { weightScheme } from '../../model/weightSchemes.ts';
import { matrixBytes, rowStride, type MatrixFormat } from '../layout.ts';

export interface TestMatrix {
  readonly codes: Uint8Array;
  /** 4 zero bytes for formats without scales: a binding is never empty. */
  readonly scales: Uint8Array;
  /** The values stored, [rows, columns], without padding. */
  readonly values: Float32Array;
}

export function packMatrix(format: MatrixFormat, values: Float32Array, rows: number, columns: number): TestMatrix {
  const stride = rowStride(columns);
  const padded = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) padded.set(values.subarray(row * columns, (row + 1) * columns), row * stride);
  const scheme = weightScheme(format);
  const encoded = scheme.encode(padded, [rows, stride]);
  const decoded = scheme.decode(encoded, [rows, stride]);
  const stored = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    stored.set(decoded.subarray(row * stride, row * stride + columns), row * columns);
  const { codes, scales } = matrixBytes(format, rows, columns);
  return {
    codes: encoded.slice(0, codes),
    scales: scales === 0 ? new Uint8Array(4) : encoded.slice(codes, codes + scales),
    values: stored,
  };
}

/** Rows [rows, width] padded to the stride of activations. */
export function padRows(values: Float32Array, rows: number, width: number): Float32Array {
  const stride = rowStride(width);
  const padded = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) padded.set(values.subarray(row * width, (row + 1) * width), row * stride);
  return padded;
}

/** The reverse of `padRows`. Throws when the padding is not zero. */
export function unpadRows(padded: Float32Array, rows: number, width: number): Float32Array {
  const stride = rowStride(width);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const whole = padded.subarray(row * stride, (row + 1) * stride);
    if (whole.subarray(width).some((value) => value !== 0)) throw new Error(`row ${row} has values in its padding`);
    values.set(whole.subarray(0, width), row * width);
  }
  return values;
}

/**
 * The WGSL that reads matrix rows 16 bytes at a time. A load covers `columns` columns; its product with x is
 * \`dot\` of the load \`w\` and the vectors x0, x1, … (4 columns each), times the row's or group's scale.
 */
import { rowStride, type MatrixFormat } from '../layout.ts';
import type { GemvSpec } from './gemvSpec.ts';

interface LoadFormat {
  /** Columns of one 16-byte load. */
  readonly columns: number;
  /** WGSL type of a load, and an expression for its product with x0, x1, …; \`sumX\` is the sum of all of x. */
  readonly type: string;
  readonly dot: string;
}

const join = (count: number, term: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => term(i)).join(' + ');

export const loadFormats: Record<MatrixFormat, LoadFormat> = {
  f32: { columns: 4, type: 'vec4<f32>', dot: 'dot(w, x0)' },
  f16: {
    columns: 8,
    type: 'vec4<u32>',
    dot: join(2, (i) => `dot(vec4<f32>(unpack2x16float(w[${2 * i}]), unpack2x16float(w[${2 * i + 1}])), x${i})`),
  },
  q8: { columns: 16, type: 'vec4<u32>', dot: join(4, (i) => `dot(signedBytes(w[${i}]), x${i})`) },
  q4: {
    columns: 32,
    type: 'vec4<u32>',
    dot: `${join(8, (i) => `dot(nibbles(w[${i >> 1}], ${4 * (i & 1)}u), x${i})`)} - 8.0 * sumX`,
  },
};

/** Declarations of `codes` and `scales`, and `rowScale(row)`, `groupScale(row, load)`. */
export function loadCode({ format, columns }: GemvSpec): string {
  const lines = [`@group(0) @binding(0) var<storage, read> codes: array<${loadFormats[format].type}>;`];
  if (format === 'q8') {
    lines.push(`@group(0) @binding(1) var<storage, read> scales: array<f32>;
fn signedBytes(word: u32) -> vec4<f32> {
  return vec4<f32>((vec4<i32>(bitcast<i32>(word)) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}`);
  }
  if (format === 'q4') {
    lines.push(`@group(0) @binding(1) var<storage, read> scales: array<u32>;
fn nibbles(word: u32, shift: u32) -> vec4<f32> {
  return vec4<f32>((vec4<u32>(word) >> (vec4<u32>(0u, 8u, 16u, 24u) + shift)) & vec4<u32>(15u));
}
fn groupScale(row: u32, group: u32) -> f32 {
  let at = row * ${rowStride(columns) / 32}u + group;
  return unpack2x16float(scales[at / 2u])[at % 2u];
}`);
  }
  return lines.join('\n');
}

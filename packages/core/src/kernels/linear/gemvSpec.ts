/**
 * What a decode matrix-vector product computes: out = epilogue(W · norm(x) + bias) for one row of x. Matrices lie in
 * row blocks ("parts") where they exceed a binding; each part is a matrix of its own and writes from `outStart` on.
 */
import { assert } from '../../support/assert.ts';
import type { MatrixFormat } from '../layout.ts';

export interface GemvSpec {
  readonly format: MatrixFormat;
  /** Outputs of this part. `gatedSilu` pairs row i (gate) with row i + rows (up) of a matrix of 2 * rows rows. */
  readonly rows: number;
  readonly columns: number;
  /** RMSNorm of x first; its weight is the first rowStride(columns) values of `vectors`. */
  readonly norm: { readonly eps: number } | null;
  readonly epilogue: GemvEpilogue;
  /** One bias a matrix row, in `vectors` after the norm weight (at 0 without a norm). */
  readonly hasBias: boolean;
  /** Where this part's outputs begin in `out`. */
  readonly outStart: number;
  /** Row of x: the first one, or row pass[2] (the head after a prefill). */
  readonly inputRow: 'first' | 'logitsRow';
}

/** store: out = y. residual: out += y. gatedSilu: out = silu(gate) * up. */
export type GemvEpilogue = { readonly kind: 'store' | 'residual' | 'gatedSilu' } | QkvEpilogue;

/**
 * Rows are all query heads, then all key heads, then all value heads. Queries are rotated, scaled and written to `out`;
 * keys (rotated) and values go to the cache at token pass[1]. Rotation is Hugging Face's rotate_half: element i pairs
 * with element i + headDim / 2, at the angle ropeTable[position][i] of the axis whose M-RoPE section holds i.
 */
export interface QkvEpilogue {
  readonly kind: 'qkv';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Tokens the cache has room for. */
  readonly context: number;
  /** Type of the cache's values; f16 are two in a u32. */
  readonly kv: 'f16' | 'f32';
  /** Frequencies that follow the temporal, row and column position; they add up to headDim / 2. */
  readonly mropeSection: readonly number[];
  readonly qScale: number;
}

/** Two matrix rows make one output (`gatedSilu`) or one rotated pair (`qkv`). */
export function isPaired({ epilogue }: GemvSpec): boolean {
  return epilogue.kind === 'gatedSilu' || epilogue.kind === 'qkv';
}

/** What is computed together: an output row, or a pair of matrix rows. */
export function unitCount(spec: GemvSpec): number {
  return spec.epilogue.kind === 'qkv' ? spec.rows / 2 : spec.rows;
}

/** Rows of the matrix. */
export function matrixRows(spec: GemvSpec): number {
  return spec.epilogue.kind === 'gatedSilu' ? 2 * spec.rows : spec.rows;
}

export function checkSpec({ epilogue, rows, outStart }: GemvSpec): void {
  if (epilogue.kind !== 'qkv') return;
  const { heads, kvHeads, headDim, mropeSection } = epilogue;
  const half = mropeSection.reduce((sum, section) => sum + section, 0);
  assert(headDim === 2 * half, `mrope sections ${mropeSection.join()} do not fill half of head size ${headDim}`);
  assert(rows === (heads + 2 * kvHeads) * headDim, `qkv has ${rows} rows for ${heads} + 2 * ${kvHeads} heads`);
  assert(outStart === 0, 'qkv has one part');
}

/** Named tensors of a checkpoint or container, read one at a time and widened to float32. The edge supplies the bytes. */
import type { WeightSchemeName } from './weightSchemes.ts';

/** Random access to the files of one model folder (disk, HTTP ranges, OPFS). Paths are relative, `/`-separated. */
export interface ByteSource {
  /** Size in bytes, or null when there is no such file. */
  size(path: string): Promise<number | null>;
  /** Bytes [start, end) of `path`. */
  read(path: string, start: number, end: number): Promise<Uint8Array>;
}

export interface TensorInfo {
  readonly shape: readonly number[];
  /** Storage type in the file. */
  readonly dtype: string;
}

/**
 * Tensors under one canonical naming, whatever generation the file uses: `model.embed_tokens.weight`,
 * `model.layers.N.…`, `model.norm.weight`, `lm_head.weight` (absent when tied), `visual.patch_embed.proj.weight`,
 * `visual.blocks.N.…`, `visual.merger.ln_q.weight`, `visual.merger.mlp.{0,2}.…`. Linear weights are [out, in].
 */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Values of `name` as float32, row-major. Throws a UserError when it is missing or damaged. */
  read(name: string): Promise<Float32Array>;
}

/** A WeightSource that also reads parts of tensors, so that a large one is never in memory as a whole. */
export interface RowSource extends WeightSource {
  /** Rows [start, end) along the first axis of `name` as float32; the other axes are columns (a vector: one a row). */
  readRows(name: string, start: number, end: number): Promise<Float32Array>;
}

/**
 * Rows of a matrix as they are stored, each in a buffer of its own: the codes (values) and, for quantised schemes, the
 * scales. No bytes besides: f32, f16 and q8 rows are not padded; a q4 row is whole groups of 32 columns, 16 bytes each,
 * and one float16 scale a group (so the scales of an odd number of groups are no multiple of 4 bytes).
 */
export interface EncodedRows {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly scales: Uint8Array<ArrayBuffer> | null;
}

export interface EncodedTensorInfo {
  readonly shape: readonly number[];
  readonly scheme: WeightSchemeName;
}

/** Weights in the storage schemes of `weightSchemes.ts`, read in pieces, for the engine: nothing is widened. */
export interface EncodedWeights {
  readonly tensors: ReadonlyMap<string, EncodedTensorInfo>;
  /**
   * Rows [start, end) along the first axis of `name`, the other axes taken as columns (a vector: one column a row).
   * Reading in file order is fastest. Throws a UserError when the tensor is missing or damaged.
   */
  readRows(name: string, start: number, end: number): Promise<EncodedRows>;
}

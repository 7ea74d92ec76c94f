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

/** Rows of a matrix as they are stored: the codes (values) and, for quantised schemes, the scales. Padding as stored. */
export interface EncodedRows {
  readonly codes: Uint8Array;
  readonly scales: Uint8Array | null;
}

/** Weights in the storage schemes of `weightSchemes.ts`, read in pieces, for the engine: nothing is widened. */
export interface EncodedWeights {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly scheme: WeightSchemeName }>;
  /**
   * Rows [start, end) along the first axis of `name`, the other axes taken as columns (a vector: one column a row).
   * Throws a UserError when the tensor is missing or damaged.
   */
  readRows(name: string, start: number, end: number): Promise<EncodedRows>;
}

/** `tower.json`, the description of a feature tower. JSON Schema: `schema/tower.schema.json`. */

export interface TowerLayer {
  readonly name: string;
  readonly op: 'conv' | 'depthwise';
  readonly kernelSize: number;
  readonly stride: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Clamp to [0, 6] after the bias; otherwise linear. */
  readonly relu6: boolean;
  /** Earlier layer whose output is added (residual), or null. */
  readonly add: string | null;
  /** Byte offset of the float16 kernel, [kernelSize, kernelSize, inputs, outputs (1 for depthwise)]. */
  readonly kernelOffset: number;
  /** Byte offset of the float32 bias, [outputs]. */
  readonly biasOffset: number;
}

export interface TowerManifest {
  readonly formatVersion: 1;
  /** SHA-256 of the file's own text without these digits. */
  readonly checksum: string;
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly licenceFile: string;
  readonly source: string;
  /** Network input = (8-bit value - mean) / std. */
  readonly normalisation: { readonly mean: number; readonly std: number };
  /** Input pixels per cell of the patch grid. */
  readonly gridStride: number;
  /** Layers whose outputs become patch features, finest first; the last one also gives the global embedding. */
  readonly taps: readonly string[];
  readonly layers: readonly TowerLayer[];
}

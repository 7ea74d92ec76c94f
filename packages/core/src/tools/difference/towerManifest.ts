/**
 * `tower.json`: what the feature tower is made of, written by `scripts/extract_tower.py`. The layers of one chain of
 * convolutions (batch normalisation folded in) with their place in `tower.bin`, and the layers whose outputs are used.
 */
import { UserError } from '../../support/userError.ts';

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

/** Parses and checks `tower.json`; throws a UserError `tower-damaged` naming what is wrong. */
export function parseTowerManifest(text: string): TowerManifest {
  let manifest: TowerManifest;
  try {
    manifest = JSON.parse(text) as TowerManifest;
  } catch (cause) {
    throw damagedTower('tower.json is not JSON.', cause);
  }
  if (manifest.formatVersion !== 1) {
    throw damagedTower(`tower.json has format version ${String(manifest.formatVersion)}, this program reads 1.`);
  }
  const names = new Set(manifest.layers.map((layer) => layer.name));
  const missing = [...manifest.taps, ...manifest.layers.flatMap((layer) => layer.add ?? [])].find((n) => !names.has(n));
  if (missing !== undefined) throw damagedTower(`tower.json refers to a layer "${missing}" that it does not have.`);
  return manifest;
}

export function kernelLength(layer: TowerLayer): number {
  return layer.kernelSize ** 2 * layer.inputs * (layer.op === 'depthwise' ? 1 : layer.outputs);
}

export function damagedTower(reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'tower-damaged',
    subject: 'Feature tower',
    reason,
    remedy: 'Reload the page or reinstall the project; the folder is models/tower.',
    cause,
  });
}

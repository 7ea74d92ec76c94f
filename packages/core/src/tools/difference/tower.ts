/**
 * The frozen feature tower on plain TensorFlow.js operations (webgpu, wasm, cpu): a pretrained classifier's first
 * layers. Each tap is averaged over 3 x 3 cells, L2-normalised per cell, brought to one grid and joined:
 * locally aware patch features as in PatchCore (Roth et al., 2022). Never trained here.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Size } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';
import { resizeRaster } from '../../image/resize.ts';
import type { ByteSource } from '../../model/weightSource.ts';
import { assert } from '../../support/assert.ts';
import { float16ToFloat32 } from '../../support/float16.ts';
import { sha256Hex } from '../../support/hash.ts';
import type { FeatureTower, FineFeatures, PatchFeatures } from './featureTower.ts';
import { damagedTower, kernelLength, parseTowerManifest } from './towerManifest.ts';
import type { TowerLayer, TowerManifest } from '../../protocol/tower.ts';

/** The tower's coarsest stride: input sides are multiples of it, so that all taps' grids nest. */
export const towerStride = 16;

/** Pixels per cell of the fine features. */
const fineStride = 2;

interface Loaded {
  readonly layer: TowerLayer;
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/**
 * Reads `tower.json` and its weight file from `source` (the folder `models/tower`), checks size and SHA-256 and puts
 * the weights on the current backend. Throws a UserError `tower-damaged`.
 */
export async function createTower(
  source: ByteSource,
  options: { readonly inputSide?: number } = {},
): Promise<FeatureTower> {
  const inputSide = options.inputSide ?? 224;
  const manifest = parseTowerManifest(tf.util.decodeString(await readWhole(source, 'tower.json'), 'utf-8'));
  const bytes = await readWhole(source, manifest.file);
  if (bytes.length !== manifest.bytes || sha256Hex(bytes) !== manifest.sha256) {
    throw damagedTower(`${manifest.file} does not match the SHA-256 in tower.json.`);
  }
  const layers = manifest.layers.map((layer) => loadLayer(layer, bytes));
  const fineLayers = layers.slice(0, fineDepth(manifest));
  return {
    id: manifest.id,
    sha256: manifest.sha256,
    extract: (raster, size) => extract(manifest, layers, raster, size ?? towerInputSize(raster, inputSide)),
    extractFine: (rasters) => extractFine(manifest, fineLayers, rasters),
    dispose: () => tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias])),
  };
}

/** Input size for a view of `size`: long side `side`, aspect kept up to rounding both sides to the tower's stride. */
export function towerInputSize(size: Size, side: number): Size {
  const scale = side / Math.max(size.width, size.height);
  const snap = (length: number) => Math.max(2, Math.round((length * scale) / towerStride)) * towerStride;
  return { width: snap(size.width), height: snap(size.height) };
}

async function extract(
  manifest: TowerManifest,
  layers: readonly Loaded[],
  raster: Raster,
  size: Size,
): Promise<PatchFeatures> {
  const pixels = Float32Array.from(resizeRaster(raster, size.width, size.height).data);
  const [patches, embedding] = tf.tidy(() => {
    const input = normalise(manifest, pixels, [1, size.height, size.width, 3]);
    return joinTaps(runLayers(manifest, layers, input), manifest, size);
  });
  try {
    const [, rows, columns, dimension] = patches.shape;
    const [patchValues, embeddingValues] = await Promise.all([patches.data(), embedding.data()]);
    return {
      rows,
      columns,
      dimension,
      patches: patchValues as Float32Array,
      embedding: embeddingValues as Float32Array,
    };
  } finally {
    tf.dispose([patches, embedding]);
  }
}

/** How many layers lead to the fine features: up to the narrowest one before the resolution is halved a second time. */
function fineDepth({ layers }: TowerManifest): number {
  const strides = layers.map((_, at) => layers.slice(0, at + 1).reduce((product, { stride }) => product * stride, 1));
  const fine = layers.filter((_, at) => strides[at] === fineStride);
  const narrowest = Math.min(...fine.map(({ outputs }) => outputs));
  return layers.findIndex(({ outputs }, at) => strides[at] === fineStride && outputs === narrowest) + 1;
}

async function extractFine(
  manifest: TowerManifest,
  layers: readonly Loaded[],
  rasters: readonly Raster[],
): Promise<FineFeatures> {
  const { width, height } = rasters[0]!;
  const length = width * height * 3;
  const pixels = new Float32Array(rasters.length * length);
  rasters.forEach(({ data }, at) => pixels.set(data, at * length));
  const features = tf.tidy(() => {
    const input = normalise(manifest, pixels, [rasters.length, height, width, 3]);
    const last = layers.at(-1)!.layer.name;
    const output = runLayers(manifest, layers, input, [last]).get(last)!;
    return unitLength(tf.avgPool(output, 3, 1, 'same')) as tf.Tensor4D;
  });
  try {
    const [, rows, columns, dimension] = features.shape;
    const values = (await features.data()) as Float32Array;
    const size = rows * columns * dimension;
    const patches = rasters.map((_, at) => values.subarray(at * size, (at + 1) * size));
    return { stride: fineStride, rows, columns, dimension, patches };
  } finally {
    features.dispose();
  }
}

function normalise(
  { normalisation: { mean, std } }: TowerManifest,
  pixels: Float32Array,
  shape: [number, number, number, number],
): tf.Tensor4D {
  return tf.div(tf.sub(tf.tensor4d(pixels, shape), mean), std);
}

/** Runs the chain on [n, height, width, 3]; returns the outputs of `wanted` and of residual sources by layer name. */
function runLayers(
  manifest: TowerManifest,
  layers: readonly Loaded[],
  input: tf.Tensor4D,
  wanted: readonly string[] = manifest.taps,
): Map<string, tf.Tensor4D> {
  const kept = new Set([...wanted, ...manifest.layers.flatMap((layer) => layer.add ?? [])]);
  const outputs = new Map<string, tf.Tensor4D>();
  let current = input;
  for (const { layer, kernel, bias } of layers) {
    const activation = layer.relu6 ? 'relu6' : 'linear';
    const common = {
      x: current,
      filter: kernel,
      strides: layer.stride,
      pad: 'same' as const,
      bias,
      activation,
    } as const;
    current = layer.op === 'depthwise' ? tf.fused.depthwiseConv2d(common) : tf.fused.conv2d(common);
    if (layer.add !== null) {
      const residual = outputs.get(layer.add);
      assert(residual, `tower layer ${layer.name} adds ${layer.add} before it was computed`);
      current = tf.add(current, residual) as tf.Tensor4D;
    }
    if (kept.has(layer.name)) outputs.set(layer.name, current);
  }
  return outputs;
}

/** Taps to [1, rows, columns, all channels], unit length per cell; and the mean of the deepest tap, unit length. */
function joinTaps(
  outputs: ReadonlyMap<string, tf.Tensor4D>,
  { taps, gridStride }: TowerManifest,
  size: Size,
): [tf.Tensor4D, tf.Tensor1D] {
  const grid: [number, number] = [size.height / gridStride, size.width / gridStride];
  const tensors = taps.map((name) => {
    const tensor = outputs.get(name);
    assert(tensor, `the tower computed its tap ${name}`);
    return tensor;
  });
  const scales = tensors.map((tensor) => {
    // Cells of the tap per cell of the grid; below 1 when the tap is coarser.
    const ratio = tensor.shape[1] / grid[0];
    if (ratio > 1) return unitLength(tf.avgPool(tensor, ratio + 1, ratio, 'same'));
    const unit = unitLength(tf.avgPool(tensor, 3, 1, 'same')) as tf.Tensor4D;
    return ratio === 1 ? unit : tf.image.resizeBilinear(unit, grid, false, true);
  });
  const deepest = tensors[tensors.length - 1]!;
  return [unitLength(tf.concat(scales, 3)) as tf.Tensor4D, unitLength(tf.mean(deepest, [0, 1, 2])) as tf.Tensor1D];
}

function unitLength(tensor: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.mul(tensor, tensor), -1, true);
  return tf.div(tensor, tf.sqrt(tf.add(squares, 1e-12)));
}

function loadLayer(layer: TowerLayer, bytes: Uint8Array): Loaded {
  const halves = bytes.slice(layer.kernelOffset, layer.kernelOffset + 2 * kernelLength(layer));
  const biasBytes = bytes.slice(layer.biasOffset, layer.biasOffset + 4 * layer.outputs);
  const shape: [number, number, number, number] = [
    layer.kernelSize,
    layer.kernelSize,
    layer.inputs,
    layer.op === 'depthwise' ? 1 : layer.outputs,
  ];
  return {
    layer,
    kernel: tf.tensor4d(float16ToFloat32(new Uint16Array(halves.buffer)), shape),
    bias: tf.tensor1d(new Float32Array(biasBytes.buffer)),
  };
}

async function readWhole(source: ByteSource, path: string): Promise<Uint8Array> {
  const size = await source.size(path);
  if (size === null) throw damagedTower(`there is no ${path}.`);
  return source.read(path, 0, size);
}

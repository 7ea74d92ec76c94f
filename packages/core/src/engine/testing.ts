/** For tests: random models as the engine and as the model path take them, images, and a measure of difference. */
import type { ProcessedImage } from '../image/processor.ts';
import type { GenerateOptions, ModelCard } from '../model/backbone.ts';
import type { ModelConfig } from '../model/config.ts';
import { encodeWeights } from '../model/encodeWeights.ts';
import { createRandomWeights } from '../model/randomWeights.ts';
import { elementCount } from '../model/safetensors.ts';
import { greedy } from '../model/sampler.ts';
import { schemePolicy, type SchemeChoice } from '../model/weightSchemePolicy.ts';
import { decodeRows } from '../model/weightSchemes.ts';
import type { RowSource, TensorInfo, WeightSource } from '../model/weightSource.ts';
import { createRandom } from '../support/random.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Rows out of whole tensors; the last one read is kept. */
export function rowSource(source: WeightSource): RowSource {
  let last: { name: string; values: Promise<Float32Array> } | null = null;
  return {
    ...source,
    async readRows(name, start, end) {
      if (last?.name !== name) last = { name, values: source.read(name) };
      const columns = elementCount(source.tensors.get(name)!.shape.slice(1));
      return (await last.values).slice(start * columns, end * columns);
    },
  };
}

export const testTokenizer: Tokenizer = {
  vocabSize: 40,
  encode: () => [],
  decode: () => '',
  idOf: () => null,
  textOf: () => null,
};

export const testCard: ModelCard = {
  id: 'tiny',
  name: 'tiny',
  sha256: '',
  scheme: 'f32',
  trainedOn: 'nothing: random weights',
  licence: 'MIT',
  commercialUse: 'yes',
  tuned: false,
};

/** Random weights of `config` in the schemes of `choice`, and exactly the values that these store. */
export function testWeights(config: ModelConfig, choice: SchemeChoice, seed = 1) {
  const encoded = encodeWeights(rowSource(createRandomWeights(config, seed)), schemePolicy(choice));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { shape }] of encoded.tensors) tensors.set(name, { shape, dtype: 'F32' });
  const stored: WeightSource = {
    tensors,
    async read(name) {
      const { shape, scheme } = encoded.tensors.get(name)!;
      const rows = await encoded.readRows(name, 0, shape[0]!);
      return decodeRows(scheme, rows, shape[0]!, elementCount(shape.slice(1)));
    },
  };
  return { encoded, stored };
}

export function testImage(config: ModelConfig, height: number, width: number, seed: number): ProcessedImage {
  const random = createRandom(seed);
  const size = height * width * config.vision.patchDim;
  const pixelValues = Float32Array.from({ length: size }, () => random.normal());
  return { pixelValues, grid: { height, width }, sha256: `image ${seed}` };
}

/** The run of image ids that stands for `image`. */
export function imageRun(config: ModelConfig, { grid }: ProcessedImage): number[] {
  const count = (grid.height * grid.width) / config.vision.mergeSize ** 2;
  return Array.from({ length: count }, () => config.special.image);
}

export function testGeneration(changes: Partial<GenerateOptions> = {}): GenerateOptions {
  return { maxNewTokens: 12, sampler: greedy, stopIds: [], ...changes };
}

/** Largest difference as a share of the largest expected magnitude; Infinity for anything that is not a number. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let worst = actual.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const error = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst / largest;
}

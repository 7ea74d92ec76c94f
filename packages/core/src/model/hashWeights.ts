/**
 * Weights from an integer hash of the tensor's name and the element's index: the golden case with the dimensions of the
 * 3B needs no weight file. The same arithmetic as `scripts/golden/hash_weights.py`.
 */
import { assert } from '../support/assert.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { ModelConfig } from './config.ts';
import { parameterShapes } from './params.ts';
import { elementCount } from './safetensors.ts';
import type { RowSource, TensorInfo } from './weightSource.ts';

function fnv1a(name: string): number {
  return encodeUtf8(name).reduce((value, byte) => Math.imul(value ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}

/**
 * Norm scales 1 +- 0.2, biases +- 0.2, embedding rows +- 0.5, matrices uniform with gain 1.4 over their inputs. Of rows
 * [start, end) along the first axis, all if not given.
 */
export function hashWeight(name: string, shape: readonly number[], start = 0, end = shape[0] ?? 1): Float32Array {
  const fanIn = elementCount(shape.slice(1));
  const isMatrix = shape.length > 1;
  const isEmbedding = name === 'model.embed_tokens.weight';
  const amplitude = !isMatrix ? 0.2 : isEmbedding ? 0.5 : (1.4 * Math.sqrt(3)) / Math.sqrt(fanIn);
  const offset = !isMatrix && name.endsWith('.weight') ? 1 : 0;
  const seed = fnv1a(name);
  const out = new Float32Array((end - start) * fanIn);
  for (let i = 0; i < out.length; i++) {
    let h = Math.imul(start * fanIn + i, 0x9e3779b9) + seed;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
    out[i] = ((h >>> 8) / 2 ** 23 - 1) * amplitude + offset;
  }
  return out;
}

/** Every tensor of a model of this configuration, filled by the hash when it is read. */
export function createHashWeights(config: ModelConfig): RowSource {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of parameterShapes(config)) tensors.set(name, { dtype: 'hash', shape });
  const shapeOf = (name: string) => {
    const tensor = tensors.get(name);
    assert(tensor, `${name} is no tensor of this configuration`);
    return tensor.shape;
  };
  return {
    tensors,
    read: async (name) => hashWeight(name, shapeOf(name)),
    readRows: async (name, start, end) => hashWeight(name, shapeOf(name), start, end),
  };
}

/** Random weights of any architecture, made tensor by tensor when read: for tests and for benchmarks at full size. */
import { createRandom } from '../support/random.ts';
import type { ModelConfig } from './config.ts';
import { parameterShapes } from './params.ts';
import type { TensorInfo, WeightSource } from './weightSource.ts';

/** Same seed, same values. Norms lie around 1, biases are small, matrices have variance 1 / inputs (as at initialisation). */
export function createRandomWeights(config: ModelConfig, seed: number): WeightSource {
  const names = [...parameterShapes(config).keys()];
  const tensors = new Map<string, TensorInfo>();
  parameterShapes(config).forEach((shape, name) => tensors.set(name, { shape, dtype: 'F32' }));
  return {
    tensors,
    read: (name) => {
      const shape = parameterShapes(config).get(name);
      if (!shape) return Promise.reject(new Error(`Internal error: no tensor ${name} in this architecture`));
      const random = createRandom(seed * 65537 + names.indexOf(name));
      const size = shape.reduce((product, side) => product * side, 1);
      const isNorm = shape.length === 1 && name.endsWith('weight');
      const spread = shape.length === 1 ? 0.1 : Math.sqrt(3 * (shape[0]! / size));
      const centre = isNorm ? 1 : 0;
      return Promise.resolve(Float32Array.from({ length: size }, () => centre + spread * (2 * random.next() - 1)));
    },
  };
}

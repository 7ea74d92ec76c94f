/** Programs of the fused optimiser on the webgpu backend: one dispatch each for the norm and for the update. */
import type { Program } from '@agentiad/core/model/webgpuOps.ts';
import { flatDispatch } from '@agentiad/core/model/webgpuOps.ts';

const workgroupSize = 64;
/** Partial sums of a norm. */
const normGroups = 256;

/** Sums of squares of a flat gradient, one a workgroup: always of the same values in the same order. */
export function squaresProgram(size: number): Program {
  const groups = Math.min(normGroups, Math.ceil(size / workgroupSize));
  return {
    ...flatDispatch(groups),
    variableNames: ['gradient'],
    outputShape: [groups],
    shaderKey: `agentiad-squares-${size}`,
    getUserCode: () => `
      var<workgroup> sums : array<f32, ${workgroupSize}>;
      fn main(index : i32) {
        let lane = i32(localId.x);
        var sum = 0.0;
        for (var i = index; i < ${size}; i += uniforms.size * ${workgroupSize}) { sum += gradient[i] * gradient[i]; }
        sums[lane] = sum;
        for (var step = ${workgroupSize / 2}; step > 0; step /= 2) {
          workgroupBarrier();
          if (lane < step) { sums[lane] += sums[lane + step]; }
        }
        if (lane == 0) { result[index / ${workgroupSize}] = sums[0]; }
      }`,
  };
}

/** Float32 uniforms of `adamwProgram`, in order. */
export const adamwUniforms = [
  'factor', // of the gradient, from clipping
  'beta1',
  'beta2',
  'rest1', // 1 - beta1
  'rest2',
  'correction1', // 1 / (1 - beta1^t)
  'correction2',
  'epsilon',
  'rate',
  'keep', // what decay leaves of a value: 1 - rate x weight decay
] as const;

/**
 * One update of the state [3 size], which is its result: values, first moments, second moments. `switches` are the places
 * from which on values decay, do not, decay again, and so on.
 */
export function adamwProgram(size: number, switches: number): Program {
  return {
    ...flatDispatch(Math.ceil(size / workgroupSize)),
    variableNames: ['gradient', 'switches'],
    outputShape: [size],
    uniforms: adamwUniforms.map((name) => `${name} : f32,`).join(' '),
    shaderKey: `agentiad-adamw-${switches}`,
    getUserCode: () => `
      fn main(index : i32) {
        let size = uniforms.size;
        if (index < size) {
          let g = gradient[index] * uniforms.factor;
          let m = uniforms.beta1 * result[size + index] + uniforms.rest1 * g;
          let v = uniforms.beta2 * result[2 * size + index] + uniforms.rest2 * g * g;
          result[size + index] = m;
          result[2 * size + index] = v;
          var low = 0;
          var high = ${switches};
          while (low < high) {
            let middle = (low + high) / 2;
            if (switches[middle] <= index) { low = middle + 1; } else { high = middle; }
          }
          let keep = select(1.0, uniforms.keep, low % 2 == 1);
          let update = m * uniforms.correction1 / (sqrt(v * uniforms.correction2) + uniforms.epsilon);
          result[index] = keep * result[index] - uniforms.rate * update;
        }
      }`,
  };
}

/** Cross-entropy as single programs of the webgpu backend, one row of logits a workgroup; the formulas are in head.ts. */
import * as tf from '@tensorflow/tfjs-core';
import type { Program } from '@agentiad/core/model/webgpuOps.ts';
import { flatDispatch, runProgram } from '@agentiad/core/model/webgpuOps.ts';

type Tensor2D = tf.Tensor2D;

const workgroupSize = 64;

/** log softmax(logits [N, V])[target]: [N]. */
export function runTargetLogProbabilities(logits: Tensor2D, targets: Int32Array): tf.Tensor1D {
  const [rows, width] = logits.shape;
  const program = rowProgram(
    'value',
    ['logits', 'targets'],
    [rows],
    width,
    'if (lane == 0 && row < rows) { result[row] = logits[start + targets[row]] - top - log(total); }',
  );
  return tf.tidy(() => runProgram(program, [logits, tf.tensor1d(targets, 'int32')]) as tf.Tensor1D);
}

/** (one-hot of the target - softmax) of each row, times its weight [N]: [N, V]. */
export function runLogitsGradient(logits: Tensor2D, targets: Int32Array, weights: tf.Tensor1D): Tensor2D {
  const program = rowProgram(
    'gradient',
    ['logits', 'targets', 'weights'],
    logits.shape,
    logits.shape[1],
    `if (row < rows) {
       for (var i = lane; i < width; i += ${workgroupSize}) {
         let wanted = select(0.0, 1.0, i == targets[row]);
         result[start + i] = (wanted - exp(logits[start + i] - top) / total) * weights[row];
       }
     }`,
  );
  return tf.tidy(() => runProgram(program, [logits, tf.tensor1d(targets, 'int32'), weights]) as Tensor2D);
}

/** A program whose `code` knows the largest logit of its row (top) and the sum of all exponentials below it (total). */
function rowProgram(
  part: string,
  variableNames: readonly string[],
  shape: readonly number[],
  width: number,
  code: string,
): Program {
  return {
    ...flatDispatch(shape[0]!),
    variableNames: [...variableNames],
    outputShape: [...shape],
    shaderKey: `agentiad-cross-entropy-${part}-${width}`,
    getUserCode: () => `
      var<workgroup> tops : array<f32, ${workgroupSize}>;
      var<workgroup> sums : array<f32, ${workgroupSize}>;
      fn main(index : i32) {
        let width = ${width};
        let lane = i32(localId.x);
        let rows = uniforms.size${shape.length > 1 ? ' / width' : ''};
        let row = index / ${workgroupSize};
        let start = min(row, rows - 1) * width;
        var own = -1e30;
        for (var i = lane; i < width; i += ${workgroupSize}) { own = max(own, logits[start + i]); }
        tops[lane] = own;
        for (var step = ${workgroupSize / 2}; step > 0; step /= 2) {
          workgroupBarrier();
          if (lane < step) { tops[lane] = max(tops[lane], tops[lane + step]); }
        }
        workgroupBarrier();
        let top = tops[0];
        var sum = 0.0;
        for (var i = lane; i < width; i += ${workgroupSize}) { sum += exp(logits[start + i] - top); }
        sums[lane] = sum;
        for (var step = ${workgroupSize / 2}; step > 0; step /= 2) {
          workgroupBarrier();
          if (lane < step) { sums[lane] += sums[lane + step]; }
        }
        workgroupBarrier();
        let total = sums[0];
        ${code}
      }`,
  };
}

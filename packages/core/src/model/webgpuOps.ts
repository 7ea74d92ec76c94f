/**
 * Single programs for operations that would be many small ones on TensorFlow.js's webgpu backend, where every dispatch
 * costs more than the arithmetic of a small model. The formulas, and the path of the other backends, are in ops.ts.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

type Tensor2D = tf.Tensor2D;
export type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

const workgroupSize = 64;
/** Most workgroups along one axis that every adapter allows. */
const maxGroups = 65535;

/** Runs a program of the current backend, which must be webgpu. */
export function runProgram(program: Program, inputs: readonly tf.Tensor[]): tf.Tensor {
  const backend = tf.backend() as unknown as WebGPUBackend;
  return tf.engine().makeTensorFromTensorInfo(backend.runWebGPUProgram(program, [...inputs], 'float32'));
}

/**
 * The same into a tensor that is there, whose values the program may read: its `result`. TensorFlow.js keeps on the host
 * what it once read of a tensor and does not see this change, so `target` is read through a copy only (`tf.slice`).
 * `uniforms` are float32, in the order of the program's own declaration.
 */
export function runProgramInto(
  target: tf.Tensor,
  program: Program,
  inputs: readonly tf.Tensor[],
  uniforms: readonly number[],
): void {
  const backend = tf.backend() as unknown as WebGPUBackend;
  const values = uniforms.map((value) => ({ type: 'float32', data: [value] }));
  backend.runWebGPUProgram(program, [...inputs], 'float32', values, target);
}

/** Fields of a program whose invocations are numbered through `count` workgroups. */
export function flatDispatch(count: number) {
  const rows = Math.ceil(count / maxGroups);
  const dispatch: [number, number, number] = [Math.ceil(count / rows), rows, 1];
  const size: [number, number, number] = [workgroupSize, 1, 1];
  return { dispatchLayout: { x: [0, 1], y: [], z: [] }, dispatch, workgroupSize: size, size: true };
}

/** `x cos + rotate_half(x) sin` on [N, heads * headDim], or its gradient for x. */
export function runRotate(x: Tensor2D, cos: tf.Tensor, sin: tf.Tensor, headDim: number, backward: boolean): Tensor2D {
  const half = headDim / 2;
  // The gradient takes the sine and the sign of the place that it comes from.
  const [from, sign] = backward ? ['partner', 'select(-1.0, 1.0, isLow)'] : ['index', 'select(1.0, -1.0, isLow)'];
  const program: Program = {
    ...flatDispatch(Math.ceil(x.size / workgroupSize)),
    variableNames: ['x', 'cosines', 'sines'],
    outputShape: x.shape,
    shaderKey: `agentiad-rotate-${headDim}-${backward}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let isLow = index % ${headDim} < ${half};
          let partner = select(index - ${half}, index + ${half}, isLow);
          result[index] = x[index] * cosines[index] + ${sign} * x[partner] * sines[${from}];
        }
      }`,
  };
  return runProgram(program, [x, cos, sin]) as Tensor2D;
}

/** What `runRmsNorm` writes: the value, the gradient of x, or the addends of the weight's gradient. */
type RmsNormPart = 'value' | 'dx' | 'dWeight';

const rmsNormResults: Readonly<Record<RmsNormPart, string>> = {
  value: 'x[at] * scale * weight[i]',
  dx: '(dy[at] * weight[i] - x[at] * scale * along) * scale',
  dWeight: 'dy[at] * x[at] * scale',
};

/** One row of x [N, D] a workgroup. Inputs: x and what the part needs besides, by name; all of [N, D] but the weight. */
export function runRmsNorm(
  part: RmsNormPart,
  inputs: { readonly x: Tensor2D; readonly weight?: tf.Tensor; readonly dy?: Tensor2D },
  eps: number,
): Tensor2D {
  const { shape } = inputs.x;
  const [rows, width] = shape;
  const program: Program = {
    ...flatDispatch(rows),
    variableNames: Object.keys(inputs),
    outputShape: shape,
    shaderKey: `agentiad-rms-norm-${part}-${width}-${eps}`,
    // Every input and the uniforms are named: bindings that a program does not use are not in its layout.
    getUserCode: () => `
      var<workgroup> sums : array<f32, ${workgroupSize}>;
      fn sumOfRow(value : f32, lane : i32) -> f32 {
        sums[lane] = value;
        for (var step = ${workgroupSize / 2}; step > 0; step /= 2) {
          workgroupBarrier();
          if (lane < step) { sums[lane] += sums[lane + step]; }
        }
        workgroupBarrier();
        let total = sums[0];
        workgroupBarrier();
        return total;
      }
      fn main(index : i32) {
        let lane = i32(localId.x);
        let rows = uniforms.size / ${width};
        let row = index / ${workgroupSize};
        let start = min(row, rows - 1) * ${width};
        var squares = 0.0;
        for (var i = lane; i < ${width}; i += ${workgroupSize}) { squares += x[start + i] * x[start + i]; }
        let scale = inverseSqrt(sumOfRow(squares, lane) / ${width}.0 + ${eps});
        ${part === 'dx' ? alongCode(width) : ''}
        if (row < rows) {
          for (var i = lane; i < ${width}; i += ${workgroupSize}) {
            let at = start + i;
            result[at] = ${rmsNormResults[part]};
          }
        }
      }`,
  };
  return runProgram(program, Object.values(inputs)) as Tensor2D;
}

/** How far the gradient points along the normed row. */
function alongCode(width: number): string {
  return `var products = 0.0;
        for (var i = lane; i < ${width}; i += ${workgroupSize}) {
          products += dy[start + i] * weight[i] * x[start + i] * scale;
        }
        let along = sumOfRow(products, lane) / ${width}.0;`;
}

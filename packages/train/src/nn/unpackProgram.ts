/** The codes of an int4 matrix on the webgpu backend, and the program that widens them to float32. */
import * as tf from '@tensorflow/tfjs-core';
import { q4GroupCount } from '@agentiad/core/model/q4.ts';
import type { EncodedRows } from '@agentiad/core/model/weightSource.ts';
import { flatDispatch, runProgram } from '@agentiad/core/model/webgpuOps.ts';
import { float16ToFloat32 } from '@agentiad/core/support/float16.ts';
import type { Packing } from './packedMatrix.ts';

type Program = Parameters<typeof runProgram>[0];

/** Values one invocation writes, and invocations of a workgroup. */
const perInvocation = 4;
const workgroupSize = 64;

export function createDevicePacking(encoded: EncodedRows, out: number, input: number): Packing {
  const codes = tf.tensor1d(new Int32Array(encoded.codes.buffer), 'int32');
  const scales = tf.tensor1d(float16ToFloat32(new Uint16Array(encoded.scales!.buffer)));
  const program = unpackProgram(out, input);
  return {
    bytes: 4 * (codes.size + scales.size),
    unpack: () => runProgram(program, [codes, scales]) as tf.Tensor2D,
    dispose: () => tf.dispose([codes, scales]),
  };
}

function unpackProgram(out: number, input: number): Program {
  return {
    ...flatDispatch(Math.ceil((out * input) / (workgroupSize * perInvocation))),
    variableNames: ['codes', 'scales'],
    outputShape: [out, input],
    shaderKey: `agentiad-unpack-q4-${input}`,
    getUserCode: () => `
      fn main(index : i32) {
        let first = index * ${perInvocation};
        for (var at = first; at < min(first + ${perInvocation}, uniforms.size); at++) {
          let column = at % ${input};
          let group = (at / ${input}) * ${q4GroupCount(input)} + column / 32;
          let i = column % 32;
          let nibble = (u32(codes[group * 4 + i / 8]) >> u32((i & 3) * 8 + (i & 4))) & 15u;
          result[at] = (f32(nibble) - 8.0) * scales[group];
        }
      }`,
  };
}

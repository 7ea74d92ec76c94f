/**
 * Frozen language matrices in int4 (QLoRA): the codes of `core/model/q4.ts` stay on the device, a matrix is widened to
 * float32 for one product and freed at once. Never more than one widened matrix is alive.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { product } from '@agentiad/core/model/ops.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import { disposeParams, loadParams, parameterShapes } from '@agentiad/core/model/params.ts';
import { decodeQ4, encodeQ4 } from '@agentiad/core/model/q4.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { FrozenMatrix } from './lora.ts';
import { LORA_MODULES, targetPattern } from './lora.ts';
import { createDevicePacking } from './unpackProgram.ts';

type Tensor2D = tf.Tensor2D;

export interface PackedMatrix {
  readonly shape: readonly [out: number, input: number];
  /** Bytes of codes and scales. */
  readonly bytes: number;
  /** Calls `use` with the matrix in float32 [out, in]; it is gone afterwards. */
  widen<T extends tf.Tensor>(use: (matrix: Tensor2D) => T): T;
  dispose(): void;
}

/** Where codes lie and how they become a tensor [out, in]. */
export interface Packing {
  readonly bytes: number;
  unpack(): Tensor2D;
  dispose(): void;
}

/** Widened matrices alive now and the most there ever were: for tests and for memory reports. */
export const widened = { alive: 0, most: 0 };

/** Packs a matrix [out, in] for the active backend: codes on the GPU for webgpu, on the host otherwise. */
export function packMatrix(values: Float32Array, out: number, input: number): PackedMatrix {
  const encoded = encodeQ4(values, out, input);
  const packing: Packing =
    tf.getBackend() === 'webgpu'
      ? createDevicePacking(encoded, out, input)
      : {
          bytes: encoded.codes.length + encoded.scales!.length,
          unpack: () => tf.tensor2d(decodeQ4(encoded, out, input), [out, input]),
          dispose: () => undefined,
        };
  return {
    shape: [out, input],
    bytes: packing.bytes,
    widen(use) {
      assert(widened.alive === 0, 'a second matrix would be widened while one is alive');
      widened.alive++;
      widened.most = Math.max(widened.most, widened.alive);
      try {
        return tf.tidy(() => use(packing.unpack()));
      } finally {
        widened.alive--;
      }
    },
    dispose: () => packing.dispose(),
  };
}

/** A packed matrix as a frozen linear layer. */
export function packedBase(matrix: PackedMatrix, bias: tf.Tensor | undefined): FrozenMatrix {
  return {
    forward: (x) =>
      matrix.widen((w) => {
        const y = product(x, w, false, true);
        return (bias ? tf.add(y, bias) : y) as Tensor2D;
      }),
    backward: (dy) => matrix.widen((w) => product(dy, w)),
  };
}

/** Loads weights with the matrices of all language layers packed; `params` holds the rest. */
export async function loadPackedParams(
  config: ModelConfig,
  weights: WeightSource,
  maxTensorBytes: number,
): Promise<{ params: Params; packed: Map<string, PackedMatrix> }> {
  const pattern = new RegExp(targetPattern(LORA_MODULES));
  const isPacked = (name: string) => name.endsWith('.weight') && pattern.test(name.slice(0, -'.weight'.length));
  const packed = new Map<string, PackedMatrix>();
  const params = await loadParams(config, weights, { maxTensorBytes, skip: isPacked });
  try {
    for (const [name, shape] of parameterShapes(config)) {
      if (!isPacked(name)) continue;
      const [out, input] = shape as readonly [number, number];
      packed.set(name.slice(0, -'.weight'.length), packMatrix(await weights.read(name), out, input));
    }
  } catch (error) {
    disposeParams(params);
    packed.forEach((matrix) => matrix.dispose());
    throw error;
  }
  return { params, packed };
}

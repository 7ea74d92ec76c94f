/**
 * AdamW on the webgpu backend: values and moments stay in one tensor on the device and are updated in one dispatch. Same
 * formulas as `adamw.ts`, in float32.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runProgram, runProgramInto } from '@agentiad/core/model/webgpuOps.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { TrainedSpan } from '../nn/trainingModel.ts';
import type { AdamWOptions, AdamWState } from './adamw.ts';
import { decays } from './adamw.ts';
import { adamwProgram, adamwUniforms, squaresProgram } from './adamwPrograms.ts';

export interface DeviceAdamW {
  /** Starts with the trained values; the moments follow. It is changed in place: read it with `values` and `state`. */
  readonly tensor: tf.Tensor1D;
  /** One update by `factor` times the gradient. */
  step(gradient: tf.Tensor1D, learningRate: number, factor: number): void;
  values(): Promise<Float32Array>;
  state(): Promise<AdamWState>;
  restore(values: Float32Array, state: AdamWState): void;
  dispose(): void;
}

/** Bytes of the largest tensor it needs for so many trained values. */
export function deviceAdamWBytes(size: number): number {
  return 3 * 4 * size;
}

export function createDeviceAdamW(
  { spans, values }: { readonly spans: readonly TrainedSpan[]; readonly values: Float32Array },
  options: AdamWOptions,
): DeviceAdamW {
  const size = values.length;
  const { beta1, beta2, epsilon, weightDecay } = options;
  const places = decaySwitches(spans);
  const switches = tf.tensor1d(places, 'int32');
  const program = adamwProgram(size, places.length);
  let tensor = join(values, new Float32Array(size), new Float32Array(size));
  let step = 0;
  const part = async (index: number): Promise<Float32Array> => {
    const copy = tf.slice(tensor, index * size, size);
    const own = Float32Array.from(await copy.data<'float32'>());
    copy.dispose();
    return own;
  };
  return {
    get tensor() {
      return tensor;
    },
    step(gradient, learningRate, factor) {
      assert(gradient.size === size, `an optimiser of ${size} values for a gradient of ${gradient.size}`);
      step++;
      const uniforms: Readonly<Record<(typeof adamwUniforms)[number], number>> = {
        factor,
        beta1,
        beta2,
        rest1: 1 - beta1,
        rest2: 1 - beta2,
        correction1: 1 / (1 - beta1 ** step),
        correction2: 1 / (1 - beta2 ** step),
        epsilon,
        rate: learningRate,
        keep: 1 - learningRate * weightDecay,
      };
      const ordered = adamwUniforms.map((name) => uniforms[name]);
      runProgramInto(tensor, program, [gradient, switches], ordered);
    },
    values: () => part(0),
    state: async () => ({ step, first: await part(1), second: await part(2) }),
    restore(newValues, state) {
      assert(newValues.length === size && state.first.length === size, 'moments of another model');
      tensor.dispose();
      tensor = join(newValues, state.first, state.second);
      step = state.step;
    },
    dispose: () => tf.dispose([tensor, switches]),
  };
}

/** Global norm of a flat gradient on the device; not finite where a value is not. */
export async function gradientNorm(gradient: tf.Tensor1D): Promise<number> {
  const sums = runProgram(squaresProgram(gradient.size), [gradient]);
  const values = await sums.data<'float32'>();
  sums.dispose();
  return Math.sqrt(values.reduce((sum, value) => sum + value, 0));
}

/** Where decay begins, ends, begins again; at least one place. */
function decaySwitches(spans: readonly TrainedSpan[]): number[] {
  const places: number[] = [];
  for (const span of spans) if (decays(span) !== (places.length % 2 === 1)) places.push(span.from);
  return places.length > 0 ? places : [spans.at(-1)!.to];
}

function join(...parts: readonly [Float32Array, Float32Array, Float32Array]): tf.Tensor1D {
  const size = parts[0].length;
  const whole = new Float32Array(3 * size);
  parts.forEach((values, i) => whole.set(values, i * size));
  return tf.tensor1d(whole);
}

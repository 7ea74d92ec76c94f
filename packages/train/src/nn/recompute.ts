/**
 * A chain of stages whose gradient is taken stage by stage: only their inputs are kept, each stage is computed again when
 * the gradient passes it. (Gradients of a recomputation cannot nest in TensorFlow.js's tape, so the chain is explicit.)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Params } from '@agentiad/core/model/params.ts';
import { param } from '@agentiad/core/model/params.ts';

type Tensor2D = tf.Tensor2D;

export interface Stage {
  /** Differentiable; null is the input of a first stage that has none. */
  readonly run: (x: Tensor2D | null) => Tensor2D;
  /** Trained parameters that it uses. */
  readonly names: readonly string[];
}

/** A chain after its forward pass. */
export interface Chain {
  readonly value: Tensor2D;
  /** Gradients of its parameters into `grads`; returns that of `input`, null without one. Frees `dy` and the chain. */
  backward(dy: Tensor2D, grads: Grads): Tensor2D | null;
}

/** By name; what is added a second time is summed. */
export type Grads = Record<string, tf.Tensor>;

/** Runs `stages` on `input`, which stays the caller's. */
export function runChain(params: Params, stages: readonly Stage[], input: Tensor2D | null): Chain {
  const inputs: (Tensor2D | null)[] = [];
  let value = input;
  for (const { run } of stages) {
    inputs.push(value);
    value = run(value);
  }
  return {
    value: value!,
    backward(dy, grads) {
      value!.dispose();
      let slope: Tensor2D | null = dy;
      for (const [index, stage] of [...stages.entries()].reverse()) {
        const x: Tensor2D | null = inputs[index]!;
        slope = backThrough(params, stage, x, slope!, grads);
        if (index > 0) x?.dispose();
      }
      return slope;
    },
  };
}

/** Frees `dy`. */
export function backThrough(
  params: Params,
  { run, names }: Stage,
  x: Tensor2D | null,
  dy: Tensor2D,
  grads: Grads,
): Tensor2D | null {
  const own = [...(x ? [x] : []), ...names.map((name) => param(params, name))];
  const found = own.length > 0 ? tf.tidy(() => tf.engine().gradients(() => run(x), own, dy, true).grads) : [];
  dy.dispose();
  const slopes = x ? found.slice(1) : found;
  names.forEach((name, i) => collect(grads, name, slopes[i]));
  return x ? (found[0] as Tensor2D) : null;
}

export function collect(grads: Grads, name: string, own: tf.Tensor | undefined): void {
  const before = grads[name];
  if (!own) return;
  grads[name] = before ? tf.add(before, own) : own;
  if (before) tf.dispose([before, own]);
}

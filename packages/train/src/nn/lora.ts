/**
 * LoRA (Hu et al. 2021) on the linear layers of the language model: y = x W + b + scale (x A) B with W frozen. Factors
 * are held like all linear weights, A [in, r] and B [r, out]; PEFT's files hold both transposed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { product, withGradient } from '@agentiad/core/model/ops.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { createRandom } from '@agentiad/core/support/random.ts';

type Tensor2D = tf.Tensor2D;

export const LORA_MODULES = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export type LoraModule = (typeof LORA_MODULES)[number];

export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  /** Which linear layers of every language block. */
  readonly modules: readonly LoraModule[];
  /** Scale by alpha / sqrt(rank) instead of alpha / rank. */
  readonly rankStabilised?: boolean;
  /** Of the first values of A. */
  readonly seed: number;
}

export function loraScale({ rank, alpha, rankStabilised }: LoraSettings): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

/**
 * Pattern, anchored at both ends, of the names of targeted layers below `prefix`. Plain suffixes would not do: the vision
 * tower has a `gate_proj`, `up_proj` and `down_proj` too.
 */
export function targetPattern(modules: readonly LoraModule[], prefix = 'model.layers'): string {
  const escape = (text: string) => text.replaceAll('.', '\\.');
  return `^${escape(prefix)}\\.\\d+\\.(${modules.map(escape).join('|')})$`;
}

/** Canonical names, without `.weight`, of all layers that get an adapter. */
export function targetModules(config: ModelConfig, settings: LoraSettings): string[] {
  const pattern = new RegExp(targetPattern(settings.modules));
  return [...parameterShapes(config).keys()]
    .filter((name) => name.endsWith('.weight'))
    .map((name) => name.slice(0, -'.weight'.length))
    .filter((name) => pattern.test(name));
}

export function factorNames(module: string): { readonly a: string; readonly b: string } {
  return { a: `${module}.lora_A.weight`, b: `${module}.lora_B.weight` };
}

/** Factors as PEFT starts them: A uniform in +-1 / sqrt(in), B zero, so that the model is the base at first. */
export function initialFactors(config: ModelConfig, settings: LoraSettings): Map<string, Tensor2D> {
  const { rank, seed } = settings;
  const shapes = parameterShapes(config);
  const random = createRandom(seed);
  const factors = new Map<string, Tensor2D>();
  for (const module of targetModules(config, settings)) {
    const [out, input] = shapes.get(`${module}.weight`) as readonly [number, number];
    const bound = 1 / Math.sqrt(input);
    const { a, b } = factorNames(module);
    const values = Float32Array.from({ length: input * rank }, () => bound * (2 * random.next() - 1));
    factors.set(a, tf.tensor2d(values, [input, rank]));
    factors.set(b, tf.zeros([rank, out]));
  }
  assert(factors.size > 0, `no layer of this architecture is called ${settings.modules.join(', ')}`);
  return factors;
}

/** A product with a frozen matrix [in, out], both ways. What it returns is the caller's. */
export interface FrozenMatrix {
  /** x W + b: [N, in] to [N, out]. */
  forward(x: Tensor2D): Tensor2D;
  /** dy WT: [N, out] to [N, in]. */
  backward(dy: Tensor2D): Tensor2D;
}

/** A matrix [in, out] in float32 as a frozen linear layer. */
export function denseBase(weight: tf.Tensor, bias: tf.Tensor | undefined): FrozenMatrix {
  const w = weight as Tensor2D;
  return {
    forward: (x) => (bias ? tf.fused.matMul({ a: x, b: w, bias }) : tf.matMul(x, w)) as Tensor2D,
    backward: (dy) => product(dy, w, false, true),
  };
}

/** A frozen linear layer on x [N, in]: no gradient of the weight is computed. */
export function frozenLinear(x: Tensor2D, base: FrozenMatrix): Tensor2D {
  return withGradient(
    [x],
    () => ({ value: base.forward(x), saved: [] }),
    (dy) => [base.backward(dy)],
  );
}

/** The same with the factors `a` [in, r] and `b` [r, out] beside it. */
export function loraLinear(x: Tensor2D, base: FrozenMatrix, a: tf.Tensor, b: tf.Tensor, scale: number): Tensor2D {
  const [down, up] = [a as Tensor2D, b as Tensor2D];
  return withGradient(
    [x, down, up],
    () => {
      const inner = tf.mul(tf.matMul(x, down), scale) as Tensor2D; // [N, r]
      return { value: tf.add(base.forward(x), tf.matMul(inner, up)) as Tensor2D, saved: [x, down, up, inner] };
    },
    (dy, saved) => {
      const [x0, down0, up0, inner] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const dInner = tf.mul(product(dy, up0, false, true), scale) as Tensor2D; // [N, r]
      return [
        tf.add(base.backward(dy), product(dInner, down0, false, true)),
        product(x0, dInner, true, false),
        product(inner, dy, true, false),
      ];
    },
  );
}

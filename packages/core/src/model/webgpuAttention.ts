/**
 * Attention inside segments as single programs of the webgpu backend: one forwards, four for the gradient, whatever the
 * number and lengths of the segments. Each invocation makes one row of one head, so that nothing depends on the order of
 * execution. Scores are recomputed rather than kept. For segments of some hundred rows: longer ones are better off with
 * tiled products (attention.ts, where the formulas are).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionPlan } from './attention.ts';
import { flatDispatch, runProgram, type Program } from './webgpuOps.ts';

type Tensor2D = tf.Tensor2D;

/** Rows of the longest segment that it is for. */
export const longestSegment = 512;

const workgroupSize = 64;

/** First and last (exclusive) row of each row's segment, [2 N]; equal where it is in none. Owned by the caller. */
export function segmentRows({ segments }: AttentionPlan, rows: number): tf.Tensor1D {
  const table = new Int32Array(2 * rows);
  for (const { start, length } of segments) {
    for (let row = start; row < start + length; row++) table.set([start, start + length], 2 * row);
  }
  return tf.tensor1d(table, 'int32');
}

/** q [N, heads * d], k and v [N, kvHeads * d], `rows` of `segmentRows`: [N, heads * d]. */
export function runAttention(q: Tensor2D, k: Tensor2D, v: Tensor2D, rows: tf.Tensor1D, plan: AttentionPlan): Tensor2D {
  const program = attentionProgram('value', ['q', 'k', 'v', 'rows'], q.shape, plan, forwardCode(plan));
  return runProgram(program, [q, k, v, rows]) as Tensor2D;
}

/** Gradients for q, k and v, given `value`, which was the result. */
export function runAttentionGradient(
  inputs: { readonly q: Tensor2D; readonly k: Tensor2D; readonly v: Tensor2D; readonly value: Tensor2D },
  rows: tf.Tensor1D,
  dy: Tensor2D,
  plan: AttentionPlan,
): Tensor2D[] {
  const { q, k, v, value } = inputs;
  return tf.tidy(() => {
    const shape = [q.shape[0], 2 * plan.heads] as const;
    const names = ['q', 'k', 'value', 'dy', 'rows'];
    const stats = runProgram(attentionProgram('stats', names, shape, plan, statsCode(plan)), [q, k, value, dy, rows]);
    const run = (part: string, own: readonly string[], tensors: readonly tf.Tensor[], like: Tensor2D, code: string) =>
      runProgram(attentionProgram(part, own, like.shape, plan, code), tensors) as Tensor2D;
    const all = ['q', 'k', 'v', 'dy', 'stats', 'rows'];
    return [
      run('dq', all, [q, k, v, dy, stats, rows], q, queryGradientCode(plan)),
      run('dk', all, [q, k, v, dy, stats, rows], k, keyGradientCode(plan, 'dk')),
      run('dv', ['q', 'k', 'dy', 'stats', 'rows'], [q, k, dy, stats, rows], v, keyGradientCode(plan, 'dv')),
    ];
  });
}

/** One invocation for every `perInvocation` values of the result, all of one row. */
function attentionProgram(
  part: string,
  variableNames: readonly string[],
  shape: readonly [number, number],
  { heads, kvHeads, headDim, causal }: AttentionPlan,
  code: string,
): Program {
  const perInvocation = part === 'stats' ? 2 : headDim;
  const invocations = (shape[0] * shape[1]) / perInvocation;
  return {
    ...flatDispatch(Math.ceil(invocations / workgroupSize)),
    variableNames: [...variableNames],
    outputShape: [...shape],
    shaderKey: `agentiad-attention-${part}-${heads}-${kvHeads}-${headDim}-${causal}`,
    getUserCode: () => `
      fn scoreOf(query : i32, key : i32) -> f32 {
        var sum = 0.0;
        for (var i = 0; i < ${headDim}; i++) { sum += q[query + i] * k[key + i]; }
        return sum;
      }
      fn main(index : i32) {
        if (index < uniforms.size / ${perInvocation}) { ${code} }
      }`,
  };
}

/** Loops over the keys that query row `row` of head `head` sees, with their place in k and v, and their score. */
function overKeys({ heads, kvHeads, headDim, causal }: AttentionPlan, body: string): string {
  return `
    let row = index / ${heads};
    let query = index * ${headDim};
    let kvHead = (index % ${heads}) / ${heads / kvHeads};
    for (var other = rows[2 * row]; other < ${causal ? 'min(rows[2 * row + 1], row + 1)' : 'rows[2 * row + 1]'}; other++) {
      let key = (other * ${kvHeads} + kvHead) * ${headDim};
      let score = scoreOf(query, key);
      ${body}
    }`;
}

/** Softmax in one pass: sums are scaled down whenever a larger score comes. */
const growSum = `
  let larger = max(top, score);
  let shrink = exp(top - larger);
  let weight = exp(score - larger);
  total = total * shrink + weight;
  top = larger;`;

function forwardCode(plan: AttentionPlan): string {
  const { headDim } = plan;
  return `
    var sums : array<f32, ${headDim}>;
    var top = -1e30;
    var total = 0.0;
    ${overKeys(plan, `${growSum} for (var i = 0; i < ${headDim}; i++) { sums[i] = sums[i] * shrink + weight * v[key + i]; }`)}
    for (var i = 0; i < ${headDim}; i++) { result[query + i] = select(0.0, sums[i] / total, total > 0.0); }`;
}

/** Of each row and head: log of the sum of exponentials, and dy . value. */
function statsCode(plan: AttentionPlan): string {
  return `
    var top = -1e30;
    var total = 0.0;
    ${overKeys(plan, growSum)}
    var along = 0.0;
    for (var i = 0; i < ${plan.headDim}; i++) { along += dy[query + i] * value[query + i]; }
    result[2 * index] = top + log(max(total, 1e-30));
    result[2 * index + 1] = along;`;
}

function queryGradientCode(plan: AttentionPlan): string {
  const { headDim } = plan;
  const body = `
    var slope = 0.0;
    for (var i = 0; i < ${headDim}; i++) { slope += dy[query + i] * v[key + i]; }
    let change = exp(score - stats[2 * index]) * (slope - stats[2 * index + 1]);
    for (var i = 0; i < ${headDim}; i++) { sums[i] += change * k[key + i]; }`;
  return `
    var sums : array<f32, ${headDim}>;
    ${overKeys(plan, body)}
    for (var i = 0; i < ${headDim}; i++) { result[query + i] = sums[i]; }`;
}

/** Of k or v: over the queries, of all heads that share the key's, that see it. */
function keyGradientCode({ heads, kvHeads, headDim, causal }: AttentionPlan, part: 'dk' | 'dv'): string {
  const group = heads / kvHeads;
  const add =
    part === 'dv'
      ? `for (var i = 0; i < ${headDim}; i++) { sums[i] += weight * dy[query + i]; }`
      : `var slope = 0.0;
         for (var i = 0; i < ${headDim}; i++) { slope += dy[query + i] * v[key + i]; }
         let change = weight * (slope - stats[2 * at + 1]);
         for (var i = 0; i < ${headDim}; i++) { sums[i] += change * q[query + i]; }`;
  return `
    var sums : array<f32, ${headDim}>;
    let row = index / ${kvHeads};
    let kvHead = index % ${kvHeads};
    let key = index * ${headDim};
    for (var other = ${causal ? 'row' : 'rows[2 * row]'}; other < rows[2 * row + 1]; other++) {
      for (var member = 0; member < ${group}; member++) {
        let at = other * ${heads} + kvHead * ${group} + member;
        let query = at * ${headDim};
        let weight = exp(scoreOf(query, key) - stats[2 * at]);
        ${add}
      }
    }
    for (var i = 0; i < ${headDim}; i++) { result[key + i] = sums[i]; }`;
}

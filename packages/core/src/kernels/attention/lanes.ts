/**
 * Attention without barriers: every invocation works on a few queries of one head and walks the tokens in tiles with
 * online softmax. All invocations of a workgroup read the same token at the same time, so its load is shared by them:
 * software adapters, which run invocations as lanes of one vector, do it once. Loops stay loops, as the compilers of
 * those adapters take seconds over unrolled loads.
 */
import { headVectors } from './cache.ts';

/** A score that no visible token can have; far from overflow when subtracted. */
export const hidden = '-1e30';

export interface LaneTile {
  /** Queries per invocation. */
  readonly queries: number;
  /** Tokens scored at once, and tokens per softmax step (a multiple). */
  readonly keys: number;
  readonly tileKeys: number;
}

export const each = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/**
 * Statements that walk the tokens from variable `first` up to but not including `last` for the queries in variables
 * `query_r` of head `head`. They declare per query `top_r` (largest score), `sum_r` (of exponentials) and the array
 * `acc_r` of vectors (weighted values, not yet divided). The module has the functions of `queryAttentionKernel`.
 */
export function laneAttention(headDim: number, { queries, keys, tileKeys }: LaneTile): string {
  const vectors = headVectors(headDim);
  const step = [4, 2].find((count) => vectors % count === 0) ?? 1;
  const eachQuery = (line: (r: number) => string) => each(queries, line);
  const isSeen = (r: number, t: number) =>
    `(key + ${t}u < count) & (token_${t} >= seen_${r}.x) & (token_${t} < seen_${r}.y)`;
  return `
${eachQuery(
  (r) => `let seen_${r} = seen(query_${r});
var top_${r} = f32(${hidden});
var sum_${r} = 0.0;
var acc_${r}: array<vec4<f32>, ${vectors}>;
var weights_${r}: array<f32, ${tileKeys}>;`,
)}
for (var tile = first; tile < last; tile += ${tileKeys}u) {
  let count = min(last - tile, ${tileKeys}u);
  ${eachQuery((r) => `var next_${r} = top_${r};`)}
  for (var key = 0u; key < count; key += ${keys}u) {
    ${each(keys, (t) => `let token_${t} = min(tile + key + ${t}u, last - 1u);`)}
    ${eachQuery((r) => each(keys, (t) => `var dot_${r}_${t} = 0.0;`))}
    for (var i = 0u; i < ${vectors}u; i++) {
      ${eachQuery((r) => `let q_${r} = query4(head, query_${r}, i);`)}
      ${each(
        keys,
        (t) => `let k_${t} = key4(head, token_${t}, i);
      ${eachQuery((r) => `dot_${r}_${t} += dot(q_${r}, k_${t});`)}`,
      )}
    }
    ${eachQuery((r) =>
      each(
        keys,
        (t) => `let score_${r}_${t} = select(${hidden}, dot_${r}_${t}, ${isSeen(r, t)});
    weights_${r}[key + ${t}u] = score_${r}_${t};
    next_${r} = max(next_${r}, score_${r}_${t});`,
      ),
    )}
  }
  ${eachQuery(
    (r) => `let scale_${r} = exp(top_${r} - next_${r});
  top_${r} = next_${r};
  sum_${r} *= scale_${r};`,
  )}
  for (var key = 0u; key < count; key++) {
    ${eachQuery(
      (r) => `let weight_${r} = select(0.0, exp(weights_${r}[key] - top_${r}), weights_${r}[key] > ${hidden});
    weights_${r}[key] = weight_${r};
    sum_${r} += weight_${r};`,
    )}
  }
  for (var i = 0u; i < ${vectors}u; i += ${step}u) {
    ${eachQuery((r) => each(step, (j) => `var part_${r}_${j} = acc_${r}[i + ${j}u] * scale_${r};`))}
    for (var key = 0u; key < count; key++) {
      ${eachQuery((r) => `let weight_${r} = vec4<f32>(weights_${r}[key]);`)}
      ${each(
        step,
        (j) => `let v_${j} = value4(head, tile + key, i + ${j}u);
      ${eachQuery((r) => `part_${r}_${j} = fma(weight_${r}, v_${j}, part_${r}_${j});`)}`,
      )}
    }
    ${eachQuery((r) => each(step, (j) => `acc_${r}[i + ${j}u] = part_${r}_${j};`))}
  }
}`;
}

/** Statements `out[at + d] = acc_r[d] * factor` for every value d of a head. */
export function writeLane(headDim: number, r: number, at: string, factor: string): string {
  return `for (var d = 0u; d < ${headDim}u; d++) {
    out[${at} + d] = acc_${r}[d / 4u][d % 4u] * ${factor};
  }`;
}

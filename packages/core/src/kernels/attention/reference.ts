/** Attention in float64, written plainly: what the kernels are held to. */

/** One query's view: which tokens it sees and how to find a value of their keys and values. */
export interface ReferenceView {
  readonly query: (d: number) => number;
  readonly key: (token: number, d: number) => number;
  readonly value: (token: number, d: number) => number;
  /** Tokens [first, last). */
  readonly first: number;
  readonly last: number;
}

/** softmax(q kT) v of one query and head: `headDim` values, zeros when it sees no token. */
export function referenceAttention(headDim: number, view: ReferenceView): Float64Array {
  const { query, key, value, first, last } = view;
  const out = new Float64Array(headDim);
  const scores = Array.from({ length: Math.max(0, last - first) }, (_, i) => {
    let score = 0;
    for (let d = 0; d < headDim; d++) score += query(d) * key(first + i, d);
    return score;
  });
  const top = scores.reduce((largest, score) => Math.max(largest, score), -Infinity);
  const weights = scores.map((score) => Math.exp(score - top));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  weights.forEach((weight, i) => {
    for (let d = 0; d < headDim; d++) out[d]! += (weight / sum) * value(first + i, d);
  });
  return out;
}

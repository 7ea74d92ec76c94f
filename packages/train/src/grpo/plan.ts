/**
 * Weights of tokens in the loss (training.md §3.3): how rollouts of different length are averaged. Computed over the whole
 * batch of an update, before it is split, so that micro-batches need no further scaling.
 */
export type Aggregation = 'token-mean' | 'sequence-mean' | 'constant-length';

/**
 * Weight of every token of each sequence, given the sequences' numbers of model tokens. `maxLength`: divisor of
 * `constant-length`. A sequence without model tokens weighs nothing.
 */
export function sequenceWeights(lengths: readonly number[], aggregation: Aggregation, maxLength: number): number[] {
  const filled = lengths.filter((length) => length > 0);
  const tokens = filled.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => {
    if (length === 0) return 0;
    switch (aggregation) {
      case 'token-mean':
        return 1 / tokens;
      case 'sequence-mean':
        return 1 / (filled.length * length);
      case 'constant-length':
        return 1 / (filled.length * maxLength);
    }
  });
}

/**
 * The score: P(true) / (P(true) + P(false)) at the `anomaly_present` value token, temperature 1 over raw logits, summing
 * the ids with and without leading space (design §6).
 */
import { UserError } from '../support/userError.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

export interface ValueTokens {
  readonly trueIds: readonly number[];
  readonly falseIds: readonly number[];
}

/** Ids of the two values, with and without leading space; a UserError when the tokenizer splits both spellings. */
export function findValueTokens(tokenizer: Tokenizer): ValueTokens {
  const single = (word: string) =>
    [word, ` ${word}`].map((text) => tokenizer.encode(text)).flatMap((ids) => (ids.length === 1 ? ids : []));
  const values = { trueIds: single('true'), falseIds: single('false') };
  if (values.trueIds.length === 0 || values.falseIds.length === 0) {
    throw new UserError({
      code: 'tokenizer-without-values',
      subject: 'tokenizer.json',
      reason: 'It does not keep "true" and "false" one token each, so that no score can be read.',
      remedy: 'Use a model whose tokenizer does, such as a Qwen2.5-VL checkpoint or the shipped one.',
    });
  }
  return values;
}

/** True when the next token is the value of `anomaly_present`. */
export function isBeforeValue(text: string): boolean {
  return /"anomaly_present"\s*:\s*$/.test(text);
}

/** Softmax mass of the true ids among true and false; `logits` in the order trueIds, falseIds. */
export function scoreFromLogits(logits: readonly number[], trueCount: number): number {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const yes = weights.slice(0, trueCount).reduce((sum, weight) => sum + weight, 0);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return yes / all;
}

import { describe, expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import { createTestTokenizer } from '../tokenizer/testTokenizer.ts';
import { findValueTokens, isBeforeValue, scoreFromLogits } from './score.ts';

describe('the score', () => {
  it('is the softmax mass of true among true and false, both spellings summed', () => {
    expect(scoreFromLogits([0, 0], 1)).toBe(0.5);
    expect(scoreFromLogits([Math.log(3), 0], 1)).toBeCloseTo(0.75, 12);
    expect(scoreFromLogits([Math.log(2), Math.log(4), Math.log(1), Math.log(1)], 2)).toBeCloseTo(6 / 8, 12);
  });

  it('survives logits that would overflow', () => {
    expect(scoreFromLogits([1000, 990], 1)).toBeCloseTo(1 / (1 + Math.exp(-10)), 12);
    expect(scoreFromLogits([-2000, 0], 1)).toBe(0);
  });

  it('is read where the value is about to be written, and nowhere else', () => {
    expect(isBeforeValue('<answer>{"anomaly_present":')).toBe(true);
    expect(isBeforeValue('<answer>{"anomaly_present" : ')).toBe(true);
    expect(isBeforeValue('<answer>{"anomaly_present"')).toBe(false);
    expect(isBeforeValue('<answer>{"anomaly_present": true')).toBe(false);
    expect(isBeforeValue('"top_anomaly":')).toBe(false);
  });

  it('needs a tokenizer that keeps the values one token', () => {
    const tokenizer = createTestTokenizer();
    const { trueIds, falseIds } = findValueTokens(tokenizer);
    expect(trueIds.map((id) => tokenizer.decode([id]))).toEqual(['true', ' true']);
    expect(falseIds.map((id) => tokenizer.decode([id]))).toEqual(['false', ' false']);
    const letters = { ...tokenizer, encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
    expect(() => findValueTokens(letters)).toThrow(UserError);
  });
});

import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { createNucleusSampler, greedy } from './sampler.ts';

const draw = (sampler: { pick(logits: Float32Array): number }, logits: number[], times: number) =>
  Array.from({ length: times }, () => sampler.pick(Float32Array.from(logits)));

describe('greedy', () => {
  it('takes the largest, the first of equals, and passes over -Infinity', () => {
    expect(greedy.pick(Float32Array.of(1, 3, 3))).toBe(1);
    expect(greedy.pick(Float32Array.of(-Infinity, -5, -7))).toBe(1);
  });

  it('passes over what is not a number, and says so when nothing else is there', () => {
    expect(greedy.pick(Float32Array.of(NaN, 1, Infinity, 2))).toBe(3);
    expect(() => greedy.pick(Float32Array.of(NaN, -Infinity))).toThrow(/none of the values/i);
  });
});

describe('createNucleusSampler', () => {
  const sampler = (seed: number, temperature = 1, topP = 1, topK = 0) =>
    createNucleusSampler({ temperature, topK, topP, random: createRandom(seed) });

  it('repeats with the same seed and differs with another', () => {
    const logits = [0, 0.1, 0.2, 0.3];
    expect(draw(sampler(7), logits, 50)).toEqual(draw(sampler(7), logits, 50));
    expect(draw(sampler(7), logits, 50)).not.toEqual(draw(sampler(8), logits, 50));
  });

  it('never picks -Infinity', () => {
    expect(new Set(draw(sampler(1, 5), [-Infinity, 0, -Infinity, 0], 200))).toEqual(new Set([1, 3]));
  });

  it('keeps the smallest set that reaches topP', () => {
    const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    expect(new Set(draw(sampler(2, 1, 0.499), logits, 200))).toEqual(new Set([0]));
    expect(new Set(draw(sampler(2, 1, 0.7), logits, 200))).toEqual(new Set([0, 1]));
    expect(new Set(draw(sampler(2, 1, 1), logits, 500))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('keeps the first of equals where only some reach topP or fit topK', () => {
    const equal = [0, 0, 0, 0];
    expect(new Set(draw(sampler(4, 1, 0.5), equal, 200))).toEqual(new Set([0, 1]));
    expect(new Set(draw(sampler(4, 1, 0.51), equal, 200))).toEqual(new Set([0, 1, 2]));
    expect(new Set(draw(sampler(4, 1, 1, 3), equal, 200))).toEqual(new Set([0, 1, 2]));
  });

  it('takes topP of what topK leaves', () => {
    const logits = [0.4, 0.3, 0.2, 0.1].map(Math.log);
    expect(new Set(draw(sampler(5, 1, 0.57, 2), logits, 200))).toEqual(new Set([0])); // 4/7 of the two
    expect(new Set(draw(sampler(5, 1, 0.58, 2), logits, 200))).toEqual(new Set([0, 1]));
    expect(new Set(draw(sampler(5, 1, 1, 99), logits, 500))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('takes the largest at a tiny temperature, and never what is not a number', () => {
    expect(new Set(draw(sampler(6, 1e-20), [1, 1.0000001, -3], 50))).toEqual(new Set([1]));
    expect(new Set(draw(sampler(6, 3), [NaN, 1, Infinity, 1], 100))).toEqual(new Set([1, 3]));
    expect(() => sampler(6).pick(Float32Array.of(NaN))).toThrow(/none of the values/i);
  });

  it('follows the probabilities at its temperature', () => {
    const share = (temperature: number) =>
      draw(sampler(3, temperature), [Math.log(3), 0], 4000).filter((id) => id === 0).length / 4000;
    expect(share(1)).toBeCloseTo(0.75, 1);
    expect(share(0.5)).toBeCloseTo(0.9, 1); // odds squared: 9 to 1
  });
});

import { describe, expect, it } from 'vitest';
import { readByScript, readStrictly, similarity } from './mmadParse.ts';

const YES_NO = { A: 'Yes.', B: 'No.' };

describe('the benchmark reads a reply', () => {
  it('takes the last letter that stands alone', () => {
    expect(readByScript('B', YES_NO)).toBe('B');
    expect(readByScript('B or A? I say A.', YES_NO)).toBe('A');
    expect(readByScript('Answer: B.', YES_NO)).toBe('B');
    expect(readByScript('ABBA_A', { A: 'x', B: 'ABBA' })).toBe('B');
  });

  it('takes a letter that is no option of the question, and the article of a sentence', () => {
    expect(readByScript('E', YES_NO)).toBe('E');
    expect(readByScript('No, not A scratch', YES_NO)).toBe('A');
  });

  it('guesses by the text of the options where there is no letter, however far off', () => {
    expect(readByScript('no defect here', YES_NO)).toBe('B');
    // difflib.get_close_matches('it is fine', ['Yes.', 'No.'], 1, 0.0) == ['Yes.']; of equals the last by alphabet.
    expect(readByScript('it is fine', YES_NO)).toBe('A');
    expect(readByScript('zzz', YES_NO)).toBe('A');
  });

  it('has nothing to read where no reply came', () => {
    expect(readByScript(null, YES_NO)).toBeNull();
  });
});

describe('strict reading', () => {
  it('wants a letter among the options and guesses nothing', () => {
    expect(readStrictly('The answer is B', YES_NO)).toBe('B');
    expect(readStrictly('no defect here', YES_NO)).toBeNull();
    expect(readStrictly('E', YES_NO)).toBeNull();
    expect(readStrictly(null, YES_NO)).toBeNull();
  });
});

describe('similarity', () => {
  // Values of Python 3's difflib.SequenceMatcher(None, a, b).ratio().
  it.each([
    ['Yes', 'yes, there is a scratch', 0.15384615384615385],
    ['No', 'The part is not fine', 0.09090909090909091],
    ['A scratch on the rim', 'scratched rim', 0.7272727272727273],
    ['abcd', 'bcde', 0.75],
    ['qabxcd', 'abycdf', 0.6666666666666666],
    ['', '', 1],
  ])('of %j and %j is what Python gives', (a, b, ratio) => {
    expect(similarity(a, b)).toBeCloseTo(ratio, 14);
  });

  it('lets no frequent character of a long reply start a block, as Python does', () => {
    expect(similarity('the cat sat', 'the dog sat on the mat '.repeat(12))).toBeCloseTo(0.027874564459930314, 14);
  });
});

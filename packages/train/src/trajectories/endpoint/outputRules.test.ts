import { describe, expect, it } from 'vitest';
import { paintRaster } from '@agentiad/core/tools/testing.ts';
import { readJudgement } from './judge.ts';
import { answerRule, applyRule, readRegion, thoughtRule } from './outputRules.ts';

const raster = paintRaster(56, 56);
const BAD = { label: 'anomalous', type: 'bent_lead' } as const;
const GOOD = { label: 'normal', type: null } as const;
const types = ['bent_lead', 'scratch'];

const written = (text: string, finishReason = 'stop') => ({ text, finishReason, usage: null });
const answer = (fields: object, think = 'The lead leaves its row.') =>
  `<think>${think}</think><answer>${JSON.stringify(fields)}</answer>`;
const SAYS_BENT = {
  anomaly_present: true,
  top_anomaly: 'bent_lead',
  visual_descriptions: ['a lead out of line'],
  evidence: [{ text: 'out of line', image: 2, bbox_2d: [0.1, 0.2, 0.3, 0.4] }],
};
const SAYS_NORMAL = { anomaly_present: false, top_anomaly: 'none', visual_descriptions: [] };

describe('an answer turn', () => {
  const check = (text: string, truth: typeof BAD | typeof GOOD = BAD) =>
    applyRule(written(text), answerRule({ truth, types, images: [raster, raster] }));

  it('that agrees with the truth is taken as it is', () => {
    expect(check(answer(SAYS_BENT))).toEqual({ ok: true, value: answer(SAYS_BENT) });
    expect(check(answer(SAYS_NORMAL), GOOD)).toMatchObject({ ok: true });
    expect(check(`\n${answer(SAYS_BENT)}\n`)).toEqual({ ok: true, value: answer(SAYS_BENT) });
    expect(check(`\`\`\`\n${answer(SAYS_BENT)}\n\`\`\``)).toEqual({ ok: true, value: answer(SAYS_BENT) });
  });

  it('may choose the type where the truth names none', () => {
    const rule = answerRule({ truth: { label: 'anomalous', type: null }, types, images: [raster] });
    expect(rule(answer({ ...SAYS_BENT, top_anomaly: 'scratch', evidence: [] }))).toMatchObject({ ok: true });
    expect(rule(answer({ ...SAYS_BENT, top_anomaly: 'rust', evidence: [] }))).toMatchObject({ ok: false });
  });

  it.each<[string, string, RegExp]>([
    ['contradicts the label', answer(SAYS_NORMAL), /"anomaly_present" must be true/],
    ['names another type', answer({ ...SAYS_BENT, top_anomaly: 'scratch' }), /must be "bent_lead"/],
    ['spells the type another way', answer({ ...SAYS_BENT, top_anomaly: 'Bent lead' }), /letter by letter/],
    ['describes nothing', answer({ ...SAYS_BENT, visual_descriptions: [] }), /visual_descriptions/],
    [
      'cites an image that is not there',
      answer({ ...SAYS_BENT, evidence: [{ text: 'x', image: 3 }] }),
      /only 2 images/,
    ],
    ['adds keys', answer({ ...SAYS_BENT, confidence: 1 }), /must NOT have additional properties/],
    ['is not JSON', '<think>So.</think><answer>{"anomaly_present": true</answer>', /not valid JSON/],
    ['does not think', `<answer>${JSON.stringify(SAYS_BENT)}</answer>`, /<think>/],
    ['thinks nothing', answer(SAYS_BENT, ' '), /<think>/],
    ['adds words', `Here it is: ${answer(SAYS_BENT)}`, /nothing before or after/],
    ['calls a tool', answer(SAYS_BENT, 'I <tool_call> again.'), /must not call a tool/],
    ['carries a special token', answer(SAYS_BENT, 'So<|im_end|>.'), /must not call a tool/],
    ['tells that it knew', answer(SAYS_BENT, 'It matches the ground truth.'), /"ground truth" reveals/],
    ['speaks of its hint', answer(SAYS_BENT, 'As I was told, it is bent.'), /"was told" reveals/],
  ])('is refused when it %s', (_, text, problem) => {
    const checked = check(text);
    expect(checked).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string });
  });

  it('of a normal part names no type and no evidence', () => {
    expect(check(answer({ ...SAYS_NORMAL, top_anomaly: 'scratch' }), GOOD)).toMatchObject({ ok: false });
    expect(check(answer({ ...SAYS_NORMAL, visual_descriptions: ['clean'] }), GOOD)).toMatchObject({ ok: false });
  });
});

describe('a thought before a call', () => {
  const check = (text: string) => applyRule(written(text), thoughtRule('perceive', { truth: BAD }));

  it('is plain text', () => {
    expect(check('The row of leads looks uneven there; a hint of a shadow asks for a closer look.')).toMatchObject({
      ok: true,
    });
    expect(check('Fine: the gap is < 1 mm.')).toMatchObject({ ok: true });
  });

  it.each<[string, string]>([
    ['has tags', '<think>Uneven.</think>'],
    ['names the defect type', 'There is a bent lead.'],
    ['names it as it is written in the list', 'Perhaps bent_lead.'],
    ['speaks of the region it was shown', 'The region of interest is uneven.'],
    ['runs on', 'Uneven. '.repeat(200)],
    ['is empty', '   '],
  ])('is refused when it %s', (_, text) => {
    expect(check(text)).toMatchObject({ ok: false });
  });
});

describe('an unfinished output is refused whatever it says', () => {
  it.each(['length', 'content_filter', 'refusal'])('%s', (finishReason) => {
    expect(applyRule(written('[0, 0, 1, 1]', finishReason), readRegion)).toMatchObject({ ok: false });
  });
});

describe('a region', () => {
  it('is four numbers within the image', () => {
    expect(readRegion('[0.1, 0.2, 0.5, 0.75]')).toEqual({ ok: true, value: [0.1, 0.2, 0.5, 0.75] });
    for (const text of [
      '[0.5, 0.2, 0.1, 0.7]',
      '[0.1, 0.2, 0.12, 0.7]',
      '[10, 20, 50, 70]',
      '[0.1, 0.2, 0.3]',
      'top left',
    ]) {
      expect(readRegion(text), text).toMatchObject({ ok: false });
    }
  });
});

describe('a judgement', () => {
  it('is a score from 0 to 10 with its reason', () => {
    expect(readJudgement('{"score": 7.5, "reason": "short"}')).toEqual({
      ok: true,
      value: { score: 7.5, reason: 'short' },
    });
    for (const text of [
      '{"score": 11, "reason": "x"}',
      '{"score": "7", "reason": "x"}',
      '{"score": 7}',
      '7',
      'null',
      '{',
    ]) {
      expect(readJudgement(text), text).toMatchObject({ ok: false });
    }
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { decide, findDoubt } from '@agentiad/core/agent/verdict.ts';
import { changeLanguage } from '../i18n/index.ts';
import { reasonWords } from './reason.ts';

afterEach(() => changeLanguage('en'));

/** Every reason that core can give, but for the cause of a failure. */
function reasons(): string[] {
  const thresholds = { t1: 0.35, t2: 0.65 };
  const answered = (score: number, defect: boolean) =>
    ({
      status: 'complete',
      score,
      answer: { anomaly_present: defect, top_anomaly: defect ? 'missing_part' : 'none', visual_descriptions: [] },
      errors: [],
    }) as unknown as Parameters<typeof decide>[0]['result'];
  const asked = { category: 'cap', mode: 'pz', types: [], thresholds, library: null };
  const validation = { modelSha256: 'a', stale: false };
  const recipe = { category: 'cap', mode: 'pz', types: [], ...thresholds, exemplarSha256: [], validation };
  const doubtOf = (change: object, model = 'a') =>
    findDoubt({ ...asked, recipe: { ...recipe, ...change } } as unknown as Parameters<typeof findDoubt>[0], model);
  const doubts = [
    doubtOf({ validation: null }),
    doubtOf({}, 'b'),
    doubtOf({ validation: { ...validation, stale: true } }),
    doubtOf({ mode: 'full', t1: 0.1 }),
  ];
  return [
    ...doubts.map((doubt) => decide({ result: answered(0.9, true), thresholds, doubt })),
    ...[0.1, 0.5, 0.9].map((score) => decide({ result: answered(score, score > 0.5), thresholds, doubt: null })),
    decide({ result: { ...answered(0, false), status: 'interrupted' }, thresholds, doubt: null }),
  ].map(({ reason }) => reason);
}

describe('a verdict’s reason', () => {
  it('stands word for word on an English page', () => {
    for (const reason of reasons()) expect(reasonWords(reason).join(' ').trim()).toBe(reason);
  });

  it('is wholly in the language of the page elsewhere, whatever core says', async () => {
    await changeLanguage('zh');
    for (const reason of reasons()) {
      const shown = reasonWords(reason).join('');
      expect(shown, reason).not.toMatch(/[a-z]{3}/i);
      expect(shown, reason).toMatch(/\p{Script=Han}/u);
    }
    expect(reasonWords('Sent to review: the inspection failed. Cause X.')[1]).toContain('Cause X.');
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { decide } from '@agentiad/core/agent/verdict.ts';
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
  const doubts = [
    'not validated on this kind of part',
    'inspected for a validation',
    'validated with other thresholds',
    'changed since its validation: the model, the defect types, the known-good parts (2 added)',
  ];
  return [
    ...doubts.map((doubt) => decide({ result: answered(0.9, true), score: 0.9, thresholds, doubt })),
    ...[0.1, 0.5, 0.9].map((score) => decide({ result: answered(score, score > 0.5), score, thresholds, doubt: null })),
    decide({ result: { ...answered(0, false), status: 'interrupted' }, score: null, thresholds, doubt: null }),
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

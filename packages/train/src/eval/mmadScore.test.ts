import { describe, expect, it } from 'vitest';
import type { MmadReply } from './mmadScore.ts';
import { scoreByScript, scoreStrictly } from './mmadScore.ts';

const GOOD = 'DS-MVTec/bottle/image/good/001.png';
const BROKEN = 'DS-MVTec/bottle/image/broken/001.png';

/** A detection question on a good part is right with B (No.), on a broken one with A (Yes.). */
const detect = (image: string, reply: string | null): MmadReply => ({
  image,
  type: 'Anomaly Detection',
  options: { A: 'Yes.', B: 'No.' },
  correct: image.includes('good') ? 'B' : 'A',
  reply,
});
const ask = (type: string, reply: string | null, image = BROKEN): MmadReply => ({
  image,
  type,
  options: { A: 'left', B: 'right', C: 'top', D: 'bottom' },
  correct: 'C',
  reply,
});

describe('MMAD by hand', () => {
  const replies = [
    detect(GOOD, 'B'),
    detect(BROKEN, 'A'),
    detect(BROKEN, 'B'),
    detect(BROKEN, 'B'),
    ask('Object Structure', 'C'),
    ask('Object Details', 'A'),
    ask('Defect Localization', 'C'),
  ];

  it('balances detection, joins structure and details, and averages the groups', () => {
    for (const scores of [scoreByScript(replies), scoreStrictly(replies)]) {
      const detection = (1 + 1 / 3) / 2;
      expect(scores.perDataset['DS-MVTec']!['Anomaly Detection']).toBeCloseTo(detection);
      expect(scores.perDataset['DS-MVTec']!['Object Analysis']).toBe(0.5);
      expect(scores.perDataset['DS-MVTec']!['Defect Localization']).toBe(1);
      expect(scores.average).toBeCloseTo((detection + 0.5 + 1) / 3);
      expect(scores.overkill['DS-MVTec']).toBe(0);
      expect(scores.miss['DS-MVTec']).toBeCloseTo(2 / 3);
    }
  });

  it('averages data sets alike, whatever their size', () => {
    const visa = [detect('VisA/pcb1/test/good/1.png', 'A'), detect('VisA/pcb1/test/bad/1.png', 'A')];
    const both = [detect(GOOD, 'B'), detect(BROKEN, 'A'), detect(BROKEN, 'A'), ...visa];
    expect(scoreStrictly(both).perType['Anomaly Detection']).toBe((1 + 0.5) / 2);
    expect(scoreStrictly(both).perClass).toEqual({ 'DS-MVTec/bottle': 1, 'VisA/pcb1': 0.5 });
    expect(scoreStrictly(both).detection).toEqual({ macro: 0.75, micro: 4 / 5 });
  });
});

it('is on average the mean of the groups, also where a data set lacks some', () => {
  const located = [detect(GOOD, 'B'), detect(BROKEN, 'A'), ask('Defect Localization', 'A')];
  const visa = [detect('VisA/pcb1/test/good/1.png', 'B'), detect('VisA/pcb1/test/bad/1.png', 'A')];
  const { perType, average } = scoreStrictly([...located, ...visa]);
  expect(perType).toEqual({ 'Anomaly Detection': 1, 'Defect Localization': 0 });
  expect(average).toBe(0.5);
});

describe("the benchmark script's oddities", () => {
  it('skips the entry after one that it cannot read: a right one is lost, a wrong one forgiven', () => {
    const lost = [detect(GOOD, null), detect(GOOD, 'B'), detect(GOOD, 'A'), detect(BROKEN, 'A')];
    expect(scoreByScript(lost)).toMatchObject({ dropped: 2, unparsable: 1, overkill: { 'DS-MVTec': 1 } });
    const forgiven = [detect(GOOD, null), detect(GOOD, 'A'), detect(GOOD, 'B'), detect(BROKEN, 'A')];
    expect(scoreByScript(forgiven).perType['Anomaly Detection']).toBe(1);
    // Strictly: one of three good parts, the broken one.
    expect(scoreStrictly(forgiven).perType['Anomaly Detection']).toBeCloseTo((1 / 3 + 1) / 2);
    expect(scoreStrictly(forgiven)).toMatchObject({ dropped: 0, unparsable: 1 });
  });

  it('does not look at the skipped entry, so two unreadable ones in a row drop only the pair', () => {
    const replies = [detect(GOOD, null), detect(GOOD, null), detect(GOOD, 'B'), detect(BROKEN, 'A')];
    expect(scoreByScript(replies)).toMatchObject({ dropped: 2, unparsable: 1 });
  });

  it('guesses a reply without a letter, which is wrong when read strictly', () => {
    const replies = [detect(GOOD, 'no defect here'), detect(BROKEN, 'A')];
    expect(scoreByScript(replies).perType['Anomaly Detection']).toBe(1);
    expect(scoreStrictly(replies).perType['Anomaly Detection']).toBe(0.5);
  });

  it('counts a group that a data set does not have as 0 there; strictly it is left out', () => {
    const replies = [detect(GOOD, 'B'), detect(BROKEN, 'A'), ask('Defect Analysis', 'C', 'VisA/pcb1/test/bad/1.png')];
    expect(scoreByScript(replies).perType).toEqual({ 'Anomaly Detection': 0.5, 'Defect Analysis': 0.5 });
    expect(scoreStrictly(replies).perType).toEqual({ 'Anomaly Detection': 1, 'Defect Analysis': 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { buildReport } from './report.ts';
import { makeOutcome } from './testOutcome.ts';

const call = (tool: string | null, ok = true) => ({ tool, ok });

const outcomes = [
  makeOutcome({ calls: [call('difference'), call('crop_image_normalized')] }),
  makeOutcome({
    category: 'gear',
    saysAnomalous: null,
    score: null,
    saidType: null,
    calls: [call(null, false)],
    ms: 40,
  }),
  makeOutcome({
    label: 'anomalous',
    saysAnomalous: true,
    score: 0.9,
    truthType: 'dent',
    saidType: 'dent',
    iou: 0.6,
    unionIou: 0.5,
    cropIou: 0.7,
    calls: [call('difference')],
    ms: 20,
    flops: 3e9,
  }),
  makeOutcome({
    category: 'gear',
    label: 'anomalous',
    saysAnomalous: false,
    truthType: 'burr',
    iou: 0,
    unionIou: 0,
    cropIou: 0.2,
    ms: 30,
  }),
];

describe('the evaluation report', () => {
  const report = buildReport(outcomes, 7);

  it('counts the unparsable answer as wrong and names it', () => {
    expect(report).toMatchObject({ n: 4, accuracy: 0.5, recall: 0.5, specificity: 0.5, unparsable: 1 });
    expect(report.ci95[0]).toBeLessThanOrEqual(report.balancedAccuracy);
    expect(report.ci95[1]).toBeGreaterThanOrEqual(report.balancedAccuracy);
  });

  it('gives an interval to every headline figure, around it', () => {
    for (const name of ['accuracy', 'balancedAccuracy', 'f1', 'auroc', 'averagePrecision'] as const) {
      const [low, high] = report.intervals[name];
      expect(low).toBeLessThanOrEqual(report[name]);
      expect(high).toBeGreaterThanOrEqual(report[name]);
    }
    expect(report.ci95).toEqual(report.intervals.balancedAccuracy);
  });

  it('gives rates per category and data set, macro beside micro', () => {
    expect(report.perCategory['disc']).toMatchObject({ n: 2, balancedAccuracy: 1 });
    expect(report.perCategory['gear']).toMatchObject({ n: 2, balancedAccuracy: 0, unparsable: 1 });
    expect(Object.keys(report.perDataset)).toEqual(['parts']);
    expect(report.macro.categories.balancedAccuracy).toBe(0.5);
    expect(report.macro.datasets.balancedAccuracy).toBe(report.balancedAccuracy);
  });

  it('gives types over anomalous parts and boxes where there is a true one', () => {
    expect(report.type.accuracy).toBe(0.5);
    expect(report.box).toEqual({
      n: 2,
      hit50: 0.5,
      meanIoU: 0.3,
      union: { n: 2, hit50: 0, meanIoU: 0.25 },
      crop: { n: 2, hit50: 0.5, meanIoU: expect.closeTo(0.45) as number },
    });
  });

  it('says that the best F1 was chosen on the test itself', () => {
    expect(report.f1Max).toEqual({ value: expect.closeTo(2 / 3) as number, threshold: 0.1, chosenOn: 'test' });
  });

  it('tells how the tools were used and how long it took', () => {
    expect(report.tools).toMatchObject({ validity: 3 / 4, cropRate: 1 / 4, differenceRate: 2 / 4, callsPerImage: 1 });
    expect(report.timing).toEqual({ medianMs: 25, gflopPerInspection: 1.5 });
  });

  it('is the same for the same seed', () => {
    expect(buildReport(outcomes, 7)).toEqual(report);
  });
});

import { describe, expect, it } from 'vitest';
import type { Outcome } from './evaluate.ts';
import { buildReport } from './report.ts';

const outcome = (changes: Partial<Outcome>): Outcome => ({
  id: 'x',
  category: 'disc',
  label: 'normal',
  saysAnomalous: false,
  score: 0.1,
  truthType: null,
  saidType: 'none',
  iou: null,
  calls: [],
  libraryMatch: null,
  ms: 10,
  flops: 1e9,
  errors: [],
  ...changes,
});
const call = (tool: string | null, ok = true) => ({ tool, ok });

const outcomes = [
  outcome({ calls: [call('difference'), call('crop_image_normalized')] }),
  outcome({ category: 'gear', saysAnomalous: null, score: null, saidType: null, calls: [call(null, false)], ms: 40 }),
  outcome({
    label: 'anomalous',
    saysAnomalous: true,
    score: 0.9,
    truthType: 'dent',
    saidType: 'dent',
    iou: 0.6,
    calls: [call('difference')],
    ms: 20,
    flops: 3e9,
  }),
  outcome({ category: 'gear', label: 'anomalous', saysAnomalous: false, truthType: 'burr', iou: 0, ms: 30 }),
];

describe('the evaluation report', () => {
  const report = buildReport(outcomes, 7);

  it('counts the unparsable answer as wrong and names it', () => {
    expect(report).toMatchObject({ n: 4, accuracy: 0.5, recall: 0.5, specificity: 0.5, unparsable: 1 });
    expect(report.ci95[0]).toBeLessThanOrEqual(report.balancedAccuracy);
    expect(report.ci95[1]).toBeGreaterThanOrEqual(report.balancedAccuracy);
  });

  it('gives rates per category, types over anomalous parts, boxes where there is a true one', () => {
    expect(report.perCategory).toEqual({
      disc: { n: 2, balancedAccuracy: 1 },
      gear: { n: 2, balancedAccuracy: 0 },
    });
    expect(report.type.accuracy).toBe(0.5);
    expect(report.box).toEqual({ hit50: 0.5, meanIoU: 0.3 });
  });

  it('tells how the tools were used', () => {
    expect(report.tools).toEqual({
      validity: 3 / 4,
      cropRate: 1 / 4,
      queryRate: 0,
      differenceRate: 2 / 4,
      callsPerImage: 1,
    });
    expect(report.timing).toEqual({ medianMs: 25, gflopPerInspection: 1.5 });
  });

  it('is the same for the same seed', () => {
    expect(buildReport(outcomes, 7)).toEqual(report);
  });
});

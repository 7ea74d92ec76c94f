import { describe, expect, it } from 'vitest';
import type { DifferenceResult } from '../tools/difference/contract.ts';
import { toObservation } from './observation.ts';

const result: DifferenceResult = {
  places: [],
  score: 1.62,
  percentile: null,
  calibrated: false,
  exemplarCount: 1,
  standsOut: 1.62,
  peak: [0.25, 0.5],
  map: { rows: 1, columns: 2, values: Float32Array.of(1.62, 0.5), kind: 'ratio' },
};

const mapOf = (peak: DifferenceResult['peak']) =>
  toObservation(
    { text: '', image: null, boxes: [], difference: { result: { ...result, peak }, view: [100, 40, 300, 140] } },
    null,
  ).map!;

describe('the evidence map in the trace', () => {
  it('has its peak in pixels of the part, whatever crop was compared', () => {
    expect(mapOf([0.25, 0.5])).toMatchObject({ box: [100, 40, 300, 140], peak: [150, 90] });
  });

  it('has none where nothing differs', () => {
    expect(mapOf(null)).not.toHaveProperty('peak');
  });
});

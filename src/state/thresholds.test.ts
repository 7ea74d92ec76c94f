import { describe, expect, it } from 'vitest';
import { runRecord } from '../testing/records.ts';
import { parseThresholds, relabel, scoredRuns, thresholdsOf } from './thresholds.ts';

const run = (id: number, score: number | null, category = 'cap') =>
  runRecord({ id: `run-${id}`, category, label: 'review', score });

const runs = scoredRuns([run(1, 0.1), run(2, 0.5), run(3, 0.9), run(4, null), run(5, 0.9, 'nut')], 'cap');

describe('thresholds of a category', () => {
  it('re-label its stored runs by their scores alone', () => {
    expect(relabel(runs, { t1: 0.35, t2: 0.65 })).toMatchObject({
      counts: { normal: 1, review: 1, anomalous: 1 },
      changed: 2,
    });
    expect(relabel(runs, { t1: 0.6, t2: 0.95 }).counts).toEqual({ normal: 2, review: 1, anomalous: 0 });
    expect(relabel(runs, { t1: 0, t2: 0 }).counts).toEqual({ normal: 0, review: 0, anomalous: 3 });
  });

  it('re-label 1,000 stored runs in less than 100 ms', () => {
    const history = Array.from({ length: 1000 }, (_, id) => run(id, (id % 101) / 100));
    const begun = performance.now();
    const { counts } = relabel(scoredRuns(history, 'cap'), { t1: 0.2, t2: 0.8 });
    expect(performance.now() - begun).toBeLessThan(100);
    expect(counts.normal + counts.review + counts.anomalous).toBe(1000);
  });

  it('show where the scores lie, 0 and 1 included', () => {
    const { bins } = relabel([...runs, { ...run(6, 1), score: 1 }, { ...run(7, 0), score: 0 }], { t1: 0, t2: 1 }, 10);
    expect(bins).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0, 2]);
  });

  it('begin as those of design, and what was stored counts only if it is in order', () => {
    const thresholds = parseThresholds({ cap: { t1: 0.2, t2: 0.8 }, nut: { t1: 0.9, t2: 0.1 }, ring: 'wide' });
    const state = { thresholds, movedThresholds: null, categories: [], recipes: [] };
    expect(thresholdsOf(state, 'cap')).toEqual({ t1: 0.2, t2: 0.8 });
    expect(thresholdsOf(state, 'nut')).toEqual({ t1: 0.35, t2: 0.65 });
    expect(thresholdsOf(state, null)).toEqual({ t1: 0.35, t2: 0.65 });
  });
});

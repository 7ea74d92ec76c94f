import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Trace } from '../protocol/trace.ts';
import { coverageAt } from './coverage.ts';
import { runOfTrace, turnCount } from './runSoFar.ts';

const recorded = new URL('../../../../e2e/fixtures/recorded.trace.json', import.meta.url);
const trace = JSON.parse(readFileSync(recorded, 'utf8')) as Trace;

describe('coverageAt', () => {
  const run = runOfTrace(trace);
  const part = trace.verdict.image;

  it('ends at the share that the verdict gives', () => {
    expect(coverageAt(run, turnCount(run), part).share).toBeCloseTo(trace.verdict.coverage.share, 9);
  });

  it('tells the sharpest view there was, so that a zoom that was itself reduced is not nothing', () => {
    const [whole] = run.images;
    const asset = { ...trace.assets[whole!.asset]!, width: 64, height: 64 };
    const zoom = { ...whole!, index: 2, role: 'crop' as const, frame: [0, 0, 256, 256] as const, asset: 'zoom' };
    const observation = { text: '', isError: false, image: 2, boxes: [], map: null };
    const reduced = {
      ...run,
      images: [{ ...whole!, asset: 'whole' }, zoom],
      assets: { whole: asset, zoom: asset },
      steps: [{ ...trace.steps[0]!, observation }],
      verdict: null,
    };
    expect(coverageAt(reduced, 0, part)).toEqual({ boxes: [], share: 0, sharpest: 0.125 });
    expect(coverageAt(reduced, 1, part)).toEqual({ boxes: [], share: 0, sharpest: 0.25 });
    expect(coverageAt(run, turnCount(run), part).sharpest).toBe(1);
  });

  it('keeps to what the verdict gives where the pictures it would be counted from are gone', () => {
    const bare = { ...run, assets: {} };
    expect(coverageAt(bare, turnCount(run), part).share).toBe(trace.verdict.coverage.share);
  });

  it('only grows, by what each turn shows at full resolution', () => {
    const shares = Array.from({ length: turnCount(run) + 1 }, (_, turn) => coverageAt(run, turn, part).share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    trace.steps.forEach((step, index) => {
      const image = trace.images.find((known) => known.index === step.observation?.image);
      if (image?.role !== 'crop') expect(shares[index + 1]).toBe(shares[index]);
    });
  });
});

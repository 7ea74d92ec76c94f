import { describe, expect, it } from 'vitest';
import type { PixelSample } from './pixels.ts';
import { pixelMetrics, samplePixels } from './pixels.ts';

/** Rows of digits: the map's values, and `#` where the mask is. */
function sample(values: string[], mask: string[]): PixelSample {
  const columns = values[0]!.length;
  return {
    columns,
    kind: 'ratio',
    values: Float32Array.from([...values.join('')].map(Number)),
    truth: Uint8Array.from([...mask.join('')].map((cell) => Number(cell === '#'))),
  };
}

describe('pixelMetrics', () => {
  it('is 1 where every defective cell lies above every normal one', () => {
    const metrics = pixelMetrics([sample(['119', '119'], ['..#', '..#'])])!;
    expect(metrics).toEqual({ n: 1, auroc: 1, aupro: 1, regions: 1 });
  });

  it('has a pixel AUROC over all cells of all images, ties counting half, by hand', () => {
    // Defective 5 and 1; normal 1, 0, 3. Pairs: 5 beats all three; 1 ties with 1, beats 0, loses to 3.
    const metrics = pixelMetrics([sample(['51'], ['#.']), sample(['103'], ['#..'])])!;
    expect(metrics.auroc).toBeCloseTo((3 + 1.5) / 6);
  });

  it('weighs a small region like a large one in AUPRO', () => {
    // The large region (6 cells) is missed, the small one (1 cell) found: half, not 1 in 7.
    const metrics = pixelMetrics([sample(['0001111119', '1111111111'], ['###......#', '###.......'])])!;
    expect(metrics.regions).toBe(2);
    expect(metrics.aupro).toBeCloseTo(0.5, 1);
  });

  it('joins cells that touch at a corner into one region', () => {
    expect(pixelMetrics([sample(['900', '090', '009'], ['#..', '.#.', '..#'])])!.regions).toBe(1);
    expect(pixelMetrics([sample(['909', '090'], ['#.#', '.#.'])])!.regions).toBe(1);
    expect(pixelMetrics([sample(['909', '909'], ['#.#', '#.#'])])!.regions).toBe(2);
  });

  it('measures nothing without a defective cell, or over maps on two scales', () => {
    expect(pixelMetrics([])).toBeNull();
    expect(pixelMetrics([sample(['12'], ['..'])])).toBeNull();
    const one = sample(['12'], ['.#']);
    expect(pixelMetrics([one, { ...one, kind: 'percentile' }])).toBeNull();
  });
});

describe('samplePixels', () => {
  const map = { rows: 2, columns: 2, values: [1, 2, 3, 4], kind: 'ratio', box: [0, 0, 4, 4] } as const;

  it('reads the map where a cell lies, and keeps a scratch of one pixel of a large mask', () => {
    const pixels = new Uint8Array(512 * 512);
    pixels[511 * 512 + 3] = 1;
    const { columns, values, truth } = samplePixels(
      map,
      { width: 512, height: 512, pixels },
      { width: 512, height: 512 },
    );
    expect(columns).toBe(128);
    expect([values[0], values[127], values[127 * 128], values[128 * 128 - 1]]).toEqual([1, 2, 3, 4]);
    expect(truth.reduce((sum, cell) => sum + cell, 0)).toBe(1);
    expect(truth[127 * 128]).toBe(1);
  });

  it('has no defect on a good part', () => {
    expect(samplePixels(map, null, { width: 4, height: 4 }).truth.every((cell) => cell === 0)).toBe(true);
  });
});

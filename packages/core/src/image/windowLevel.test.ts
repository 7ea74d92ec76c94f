import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodePortably } from './decodeFile.ts';
import { inspectImageFile } from './inspectFile.ts';
import { DEFAULT_WINDOW, settleWindow, windowOfGoodParts, type WindowChoice } from './windowLevel.ts';

/** Grey ramp of a camera of 12 bits in a file of 16: what a browser makes of it looks black. */
const ramp = Uint16Array.from({ length: 4096 }, (_, value) => value);
const file = encode({ width: 64, height: 64, data: ramp, channels: 1, depth: 16 });

async function greys(choice: WindowChoice) {
  const reduced = await decodePortably(file, 'ramp.png', inspectImageFile(file, 'ramp.png'), choice);
  const { raster, windowLevel } = reduced!;
  return { windowLevel, greys: Array.from({ length: 4096 }, (_, at) => raster.data[at * 3]!) };
}

describe('window of an image of more than 8 bits', () => {
  it('is by default what the camera could have given, so that all its light is seen', async () => {
    const { windowLevel, greys: seen } = await greys(DEFAULT_WINDOW);
    expect(windowLevel).toEqual({ low: 0, high: 4095, rule: 'depth' });
    expect(new Set(seen).size).toBe(256);
    expect([seen[0], seen[4095]]).toEqual([0, 255]);
  });

  it('is all of the file for those who want that', async () => {
    const { windowLevel, greys: seen } = await greys({ rule: 'full' });
    expect(windowLevel).toEqual({ low: 0, high: 65_535, rule: 'full' });
    expect(Math.max(...seen)).toBe(16);
  });

  it('leaves 0.1 % out at each end by percentile', async () => {
    const { windowLevel } = await greys({ rule: 'percentile' });
    expect(windowLevel).toEqual({ low: 4, high: 4091, rule: 'percentile' });
  });

  it('shows what lies between two chosen values, black and white outside', async () => {
    const chosen = { low: 1000, high: 1255, rule: 'chosen' } as const;
    const { windowLevel, greys: seen } = await greys(chosen);
    expect(windowLevel).toEqual(chosen);
    expect([seen[999], seen[1000], seen[1001], seen[1254], seen[1255], seen[4000]]).toEqual([0, 0, 1, 254, 255, 255]);
  });

  it('is found for a picture of one value too', () => {
    const histogram = new Uint32Array(65_536);
    histogram[700] = 12;
    expect(settleWindow({ rule: 'percentile' }, histogram)).toEqual({ low: 700, high: 701, rule: 'percentile' });
    expect(settleWindow({ rule: 'depth' }, histogram)).toEqual({ low: 0, high: 1023, rule: 'depth' });
  });

  it('that was set for a part holds for the good parts too; else each has its own', () => {
    const chosen = { low: 5, high: 90, rule: 'chosen' } as const;
    expect(windowOfGoodParts(chosen)).toBe(chosen);
    expect(windowOfGoodParts({ low: 0, high: 1023, rule: 'depth' })).toBe(DEFAULT_WINDOW);
    expect(windowOfGoodParts(null)).toBe(DEFAULT_WINDOW);
  });
});

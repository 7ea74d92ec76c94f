import type { Raster } from '@agentiad/core/image/raster.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { describe, expect, it } from 'vitest';
import { drawPicture } from './pictures.ts';

/** Red rises to the right, green downwards, blue stays. */
const gradient = {
  width: 8,
  height: 8,
  data: Uint8Array.from({ length: 192 }, (_, at) => {
    const cell = Math.floor(at / 3);
    return [20 + 10 * (cell % 8), 20 + 10 * Math.floor(cell / 8), 60][at % 3]!;
  }),
};

/** Whether a channel rises (1), falls (-1) or stays (0) to the right, for each channel. */
const slopes = ({ data }: Raster) => [0, 1, 2].map((channel) => Math.sign(data[12 + channel]! - data[channel]!));

describe('the pictures of a rehearsal', () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 200 }, () => drawPicture([gradient], random));

  it('are as they were at times, else in other colours', () => {
    const kept = drawn.filter((picture) => picture === gradient).length;
    expect(kept).toBeGreaterThan(40);
    expect(kept).toBeLessThan(80);
    expect(new Set(drawn.map(({ data }) => data.join())).size).toBeGreaterThan(100);
  });

  it('have channels swapped and inverted, and the same shapes', () => {
    const seen = new Set(drawn.map((picture) => slopes(picture).join()));
    for (const wanted of ['1,0,0', '0,1,0', '0,0,1', '-1,0,0', '0,-1,0', '0,0,-1']) expect(seen).toContain(wanted);
    for (const { width, height, data } of drawn) expect([width, height, data.length]).toEqual([8, 8, 192]);
  });

  it('leave the original as it is', () => {
    expect(slopes(gradient)).toEqual([1, 0, 0]);
    expect(gradient.data[0]).toBe(20);
  });
});

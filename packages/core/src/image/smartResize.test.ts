import { describe, expect, it } from 'vitest';
import { smartResize } from './smartResize.ts';

const defaults = { factor: 28, minPixels: 3136, maxPixels: 12_845_056 };

describe('smartResize', () => {
  // [height, width, limits, resized height, resized width, language tokens]; from the Hugging Face processor.
  const vectors: [number, number, Partial<typeof defaults>, number, number, number][] = [
    [900, 900, {}, 896, 896, 1024],
    [1024, 1024, {}, 1036, 1036, 1369],
    [700, 700, {}, 700, 700, 625],
    [1000, 1600, {}, 1008, 1596, 2052],
    [30, 30, {}, 56, 56, 4],
    [3000, 3000, { maxPixels: 2000 * 784 }, 1232, 1232, 1936],
    [1000, 1600, { maxPixels: 2000 * 784 }, 980, 1568, 1960],
    [1000, 1000, { maxPixels: 1000 * 784 }, 868, 868, 961],
    [300, 200, { minPixels: 256 * 784 }, 560, 392, 280],
    [100, 100, { minPixels: 401_408 }, 644, 644, 529],
    [3000, 3000, { maxPixels: 4_014_080 }, 1988, 1988, 5041],
  ];
  it.each(vectors)('%i x %i with %o -> %i x %i, %i tokens', (height, width, limits, toHeight, toWidth, tokens) => {
    const size = smartResize(height, width, { ...defaults, ...limits });
    expect(size).toEqual({ height: toHeight, width: toWidth });
    expect((size.height * size.width) / 784).toBe(tokens);
  });

  it('rounds exact halves to even like Python', () => {
    expect(smartResize(70, 98, defaults)).toEqual({ height: 56, width: 112 });
    expect(smartResize(98, 42 + 56, defaults)).toEqual({ height: 112, width: 112 });
    expect(smartResize(42, 140, defaults)).toEqual({ height: 56, width: 140 });
  });

  it('takes one pixel and 150:1, and 200:1 but nothing longer', () => {
    expect(smartResize(1, 1, defaults)).toEqual({ height: 56, width: 56 });
    expect(smartResize(10, 1500, defaults)).toEqual({ height: 28, width: 700 });
    expect(() => smartResize(10, 2000, defaults)).not.toThrow();
    expect(() => smartResize(10, 2001, defaults)).toThrow(expect.objectContaining({ code: 'image-aspect' }));
  });
});

import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { boxFromCrop, boxIou, boxToNormalised, boxToPixels, clampBox, type Box } from './box.ts';
import { cropRaster, fillRaster } from './crop.ts';
import { resizeRaster } from './resize.ts';
import { smartResize } from './smartResize.ts';

describe('boxes from the image to a crop, the model and back', () => {
  it('return within one pixel, whatever the sizes', () => {
    const random = createRandom(11);
    for (let round = 0; round < 2000; round++) {
      const size = { width: random.integer(1, 9000), height: random.integer(1, 9000) };
      const crop = randomBox(random, [0, 0, size.width, size.height]);
      const target = randomBox(random, crop);
      const cropSize = { width: crop[2] - crop[0], height: crop[3] - crop[1] };
      const inCrop: Box = [target[0] - crop[0], target[1] - crop[1], target[2] - crop[0], target[3] - crop[1]];
      const spoken = boxToNormalised(inCrop, cropSize).map((value) => Number(value.toFixed(6)));
      const back = boxFromCrop(boxToPixels(spoken as unknown as Box, cropSize), crop);
      back.forEach((edge, index) => expect(Math.abs(edge - target[index]!)).toBeLessThanOrEqual(1));
      expect(clampBox(back, size).clamped).toBe(false);
    }
  });

  it('find a painted mark again through crop and resize', () => {
    const mark: Box = [210, 130, 230, 170];
    const image = fillRaster({ width: 640, height: 480 }, [0, 0, 0]);
    for (let y = mark[1]; y < mark[3]; y++) image.data.fill(255, (y * 640 + mark[0]) * 3, (y * 640 + mark[2]) * 3);
    const crop: Box = [200, 100, 300, 200];
    const size = smartResize(100, 100, { factor: 28, minPixels: 336 * 336, maxPixels: 1e6 });
    const seen = resizeRaster(cropRaster(image, crop), size.width, size.height);
    const back = boxFromCrop(boxToPixels(boxToNormalised(brightBox(seen), size), { width: 100, height: 100 }), crop);
    back.forEach((edge, index) => expect(Math.abs(edge - mark[index]!)).toBeLessThanOrEqual(1));
  });

  it('overlap as expected', () => {
    expect(boxIou([0, 0, 2, 2], [1, 1, 3, 3])).toBeCloseTo(1 / 7);
    expect(boxIou([0, 0, 2, 2], [2, 0, 4, 2])).toBe(0);
    expect(boxIou([1, 1, 1, 1], [1, 1, 1, 1])).toBe(0);
  });
});

function randomBox(random: ReturnType<typeof createRandom>, within: Box): Box {
  const x1 = random.integer(within[0], within[2] - 1);
  const y1 = random.integer(within[1], within[3] - 1);
  return [x1, y1, random.integer(x1 + 1, within[2]), random.integer(y1 + 1, within[3])];
}

/** Tight box of the pixels above mid grey. */
function brightBox(raster: { width: number; height: number; data: Uint8Array }): Box {
  let [x1, y1, x2, y2] = [raster.width, raster.height, 0, 0];
  for (let index = 0; index < raster.data.length / 3; index++) {
    if (raster.data[index * 3]! < 128) continue;
    const [x, y] = [index % raster.width, Math.floor(index / raster.width)];
    [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
  }
  return [x1, y1, x2, y2];
}

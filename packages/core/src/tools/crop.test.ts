import { describe, expect, it } from 'vitest';
import type { Box } from '../image/box.ts';
import { askedBox, cropTool } from './crop.ts';
import { paintRaster } from './testing.ts';
import type { ConversationImage, ToolContext } from './tool.ts';

const source = { sha256: '0'.repeat(64), name: 'part.png', width: 200, height: 100 };
const part: ConversationImage = { role: 'part', source, frame: [0, 0, 200, 100], raster: paintRaster(200, 100) };

async function zoom(box: readonly number[], images: readonly ConversationImage[] = [part], target = images.length) {
  const context: ToolContext = { images, library: null, match: null, shownExemplars: [] };
  const outcome = await cropTool.run({ bbox_2d: box, target_image: target }, context);
  return { ...outcome, image: outcome.image!, asked: askedBox(box, images[target - 1]!.frame) };
}

/** Where the first pixel of a painted crop lies: red = column, green = row. */
const origin = ({ raster }: ConversationImage) => [...raster.data.slice(0, 2)];

describe('crop_image_normalized', () => {
  it('cuts the box and a tenth of the image around it from the original pixels', async () => {
    const { image, text, boxes, asked } = await zoom([0.25, 0.25, 0.5, 0.5]);
    expect(image.frame).toEqual([30, 15, 120, 60]);
    expect(origin(image)).toEqual([30, 15]);
    expect(text).toBe('\nHere is the cropped image (Image Size: 90x45):');
    expect(boxes).toEqual([{ box: [30, 15, 120, 60], note: 'zoomed in here', clamped: false }]);
    expect(asked).toEqual([50, 25, 100, 50]);
  });

  it('takes a coordinate of exactly 1.0 as normalised', async () => {
    expect((await zoom([0.5, 0.5, 1, 1])).image.frame).toEqual([80, 40, 200, 100]);
    expect((await zoom([0, 0, 1, 1])).image.frame).toEqual([0, 0, 200, 100]);
  });

  it('takes larger numbers as pixels', async () => {
    const { image, asked } = await zoom([50, 25, 100, 50]);
    expect(image.frame).toEqual([30, 15, 120, 60]);
    expect(asked).toEqual([50, 25, 100, 50]);
  });

  it.each<[string, Box, Box]>([
    ['normalised, a little over', [0.5, 0.5, 1.05, 1.2], [100, 50, 200, 100]],
    ['normalised, below zero', [-0.1, 0, 0.5, 0.5], [0, 0, 100, 50]],
    ['in pixels', [100, 50, 900, 900], [100, 50, 200, 100]],
  ])('clamps a box that reaches outside and says so (%s)', async (_, box, asked) => {
    const outcome = await zoom(box);
    expect(outcome.asked).toEqual(asked);
    expect(outcome.boxes[0]!.clamped).toBe(true);
  });

  it('zooms into a crop: frames stay pixels of the part', async () => {
    const first = (await zoom([0.3, 0.3, 0.7, 0.7])).image;
    expect(first.frame).toEqual([40, 20, 160, 80]);
    const second = (await zoom([0.5, 0.4, 0.9, 0.9], [part, first])).image;
    expect(origin(second)).toEqual([second.frame[0], second.frame[1]]);
    const third = (await zoom([0.1, 0.1, 0.9, 0.9], [part, first, second])).image;
    expect(third.frame).toEqual(second.frame);
    expect(third.role).toBe('crop');
  });

  it('zooms into an exemplar without a word about the part', async () => {
    const exemplar: ConversationImage = { ...part, role: 'exemplar' };
    const outcome = await zoom([0.2, 0.2, 0.8, 0.8], [part, exemplar]);
    expect(outcome.image.role).toBe('exemplar-crop');
    expect(outcome.boxes).toEqual([]);
    expect((await zoom([0, 0, 1, 1], [part, outcome.image])).image.role).toBe('exemplar-crop');
  });
});

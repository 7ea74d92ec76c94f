/** Perceptive Zoomer: `crop_image_normalized` (agent-spec §2.2, §3.1), with the bug of a coordinate of 1.0 fixed. */
import type { Box } from '../image/box.ts';
import { boxFromCrop, boxToPixels, clampBox } from '../image/box.ts';
import { cropRaster } from '../image/crop.ts';
import type { ConversationImage, Tool, ToolOutcome } from './tool.ts';
import { targetImage, ToolError } from './tool.ts';

/** Added on every side, as a share of the target image's width and height. */
const PADDING = 0.1;
/** A box within two pixels of the corner is never meant: such numbers overshoot the normalised range. */
const MAX_NORMALISED = 2;
/** Crops must exceed this many pixels on both sides: one merged patch of the model. */
export const MIN_SIDE = 28;

export const cropTool: Tool = {
  name: 'crop_image_normalized',
  description: 'Zoom in: returns the given region of an image, cut from the original at full resolution.',
  parameters: {
    type: 'object',
    properties: {
      bbox_2d: {
        type: 'array',
        items: { type: 'number' },
        minItems: 4,
        maxItems: 4,
        description: 'normalised [x1, y1, x2, y2], each 0.0 to 1.0',
      },
      target_image: { type: 'number', description: 'index of the image to crop, 1 = the part' },
    },
    required: ['bbox_2d', 'target_image'],
  },
  run(args, context) {
    const raw = args['bbox_2d'] as number[];
    const target = args['target_image'] as number;
    const image = targetImage(context, target);
    const { width, height } = image.raster;
    const normalised = normaliseBox(raw, image.raster);
    if (!(normalised[0] < normalised[2] && normalised[1] < normalised[3])) {
      throw new ToolError(`bbox_2d must have x1 < x2 and y1 < y2, got [${raw.join(', ')}].`);
    }
    const unit = { width: 1, height: 1 };
    const asked = clampBox(normalised, unit);
    if (!(asked.box[0] < asked.box[2] && asked.box[1] < asked.box[3])) {
      throw new ToolError(
        `bbox_2d [${raw.join(', ')}] lies outside image ${target}, which has ${width}x${height} pixels.`,
      );
    }
    const padded = clampBox(
      [normalised[0] - PADDING, normalised[1] - PADDING, normalised[2] + PADDING, normalised[3] + PADDING],
      unit,
    ).box;
    const cut = clampBox(boxToPixels(padded, image.raster), image.raster).box;
    const size = { width: cut[2] - cut[0], height: cut[3] - cut[1] };
    if (size.width <= MIN_SIDE || size.height <= MIN_SIDE) {
      throw new ToolError(
        `The crop of ${size.width}x${size.height} pixels is too small: both sides must exceed ${MIN_SIDE}. ` +
          `The image has ${width}x${height} pixels.`,
      );
    }
    return Promise.resolve(cutOut(image, cut, asked.clamped));
  },
};

/** What a crop of exactly `cut` (pixels of `image`) shows the model. */
export function cutOut(image: ConversationImage, cut: Box, clamped: boolean): ToolOutcome {
  const frame = boxFromCrop(cut, image.frame);
  const onPart = image.role === 'part' || image.role === 'crop';
  const size = { width: cut[2] - cut[0], height: cut[3] - cut[1] };
  return {
    text: `\nHere is the cropped image (Image Size: ${size.width}x${size.height}):`,
    image: {
      role: onPart ? 'crop' : 'exemplar-crop',
      source: image.source,
      frame,
      raster: cropRaster(image.raster, cut),
    },
    boxes: onPart ? [{ box: frame, note: 'zoomed in here', clamped }] : [],
  };
}

/** The box asked for, without padding, in pixels of the part, for an image that shows `frame` of it. */
export function askedBox(raw: readonly number[], frame: Box): Box {
  const size = { width: frame[2] - frame[0], height: frame[3] - frame[1] };
  const { box } = clampBox(normaliseBox(raw, size), { width: 1, height: 1 });
  return boxFromCrop(boxToPixels(box, size), frame);
}

/** All four values at most `MAX_NORMALISED`: normalised, perhaps beyond the edge. Otherwise pixels of the target image. */
function normaliseBox(raw: readonly number[], size: { width: number; height: number }): Box {
  const [x1, y1, x2, y2] = raw as [number, number, number, number];
  if (raw.every((value) => value <= MAX_NORMALISED)) return [x1, y1, x2, y2];
  return [x1 / size.width, y1 / size.height, x2 / size.width, y2 / size.height];
}

/** Library match as an action: `difference` (design §1). The numbers come from `difference/libraryMatch.ts`. */
import type { Box } from '../image/box.ts';
import { boxFromCrop, boxToNormalised, boxToPixels } from '../image/box.ts';
import type { DifferenceResult } from './difference/contract.ts';
import { usableExemplars } from './query.ts';
import type { Tool } from './tool.ts';
import { targetImage, ToolError } from './tool.ts';

export const MAX_PLACES = 8;

export const differenceTool: Tool = {
  name: 'difference',
  description:
    'Library match: lists the places that differ most from the known-good parts. 100 = as far as good parts differ among themselves; ' +
    'peak = how far the first place stands out from the rest, 100 = as far as in good parts.',
  parameters: {
    type: 'object',
    properties: {
      target_image: { type: 'number', description: 'index of the image to compare, 1 = the part' },
      top_k: { type: 'number', description: `how many places, 1 to ${MAX_PLACES}` },
    },
    required: ['target_image', 'top_k'],
  },
  async run(args, context) {
    const target = args['target_image'] as number;
    const topK = args['top_k'] as number;
    const image = targetImage(context, target);
    if (image.role !== 'part' && image.role !== 'crop') {
      throw new ToolError(`Image ${target} shows a known-good part; compare the part or a crop of it.`);
    }
    if (!Number.isInteger(topK) || topK < 1 || topK > MAX_PLACES) {
      throw new ToolError(`top_k must be a whole number from 1 to ${MAX_PLACES}, got ${topK}.`);
    }
    const { sha256 } = image.source;
    if (!context.match || usableExemplars(context.library, sha256).length === 0) {
      throw new ToolError('There is no known-good part of this class to compare with. Decide without comparing.');
    }
    const view = boxToNormalised(image.frame, image.source);
    const result = await context.match.compare({ raster: image.raster, view, topK, excludeSha256: sha256 });
    return {
      text: describeDifference(result),
      image: null,
      boxes: result.places.map((place, index) => ({
        box: placeToPart(place.box, image.raster, image.frame),
        note: `place ${index + 1}: ${toPoints(place.ratio)}`,
        clamped: false,
      })),
      difference: { result, view: image.frame },
    };
  },
};

/** A place of the compared view in pixels of the part. */
export function placeToPart(place: Box, view: { width: number; height: number }, frame: Box): Box {
  return boxFromCrop(boxToPixels(place, view), frame);
}

/** Beyond this nothing more is told: a number that no training has shown is misread. */
export const MOST_POINTS = 250;

/** Ratio as whole points: 100 = as far as good parts differ among themselves. */
function toPoints(ratio: number): number {
  return Math.min(MOST_POINTS, Math.round(ratio * 100));
}

/** The observation: the same wording in training and inference. */
export function describeDifference(result: Omit<DifferenceResult, 'peak' | 'map'>): string {
  const known = `${result.exemplarCount} known-good part${result.exemplarCount === 1 ? '' : 's'}`;
  const percentile = result.percentile === null ? 'uncalibrated' : `percentile ${Math.round(result.percentile)}`;
  const lines = result.places.map(
    (place, index) =>
      `${index + 1}. [${place.box.map((value) => value.toFixed(2)).join(', ')}] ${toPoints(place.ratio)}`,
  );
  const peak = toPoints(result.standsOut);
  return [`\nCompared with ${known}: ${toPoints(result.score)}, ${percentile}, peak ${peak}. Places:`, ...lines].join(
    '\n',
  );
}

/**
 * The two baselines an agent with a library has to beat (design §6): `pixelDiff`, a shift-tolerant absolute difference,
 * and `patchNN`, Library match alone. Thresholds come from leaving exemplars out, never from the images under test.
 */
import type { Raster } from '@agentiad/core/image/raster.ts';
import { resizeRaster } from '@agentiad/core/image/resize.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import { largest, minimumMap, smoothMap } from '@agentiad/core/tools/difference/scoreMap.ts';

export interface BaselineScore {
  /** Larger = more different from the exemplars. */
  readonly score: number;
  /** Above it the part is called anomalous; null when there are too few exemplars to leave one out. */
  readonly threshold: number | null;
}

/** Long side of the compared images, pixels. */
const pixelDiffSide = 128;
/** A pixel may have moved by this many of those pixels, on each axis. */
const pixelDiffShift = 3;

/** `pixelDiff` over one set of exemplars: what depends on them alone is worked out once. */
export interface PixelDiff {
  readonly threshold: number | null;
  score(part: Raster): number;
}

/**
 * Largest locally averaged (3 x 3) difference to the exemplars, 0..255 summed over the channels. A pixel's difference is
 * the smallest one within the shift, over all exemplars; looked at from both sides, so that a thing missing counts
 * like a thing added. Threshold: the largest score of an exemplar among the others (three or more exemplars).
 */
export function createPixelDiff(exemplars: readonly Raster[]): PixelDiff {
  const shrink = (raster: Raster, like: Raster) => {
    const scale = pixelDiffSide / Math.max(like.width, like.height);
    return resizeRaster(
      raster,
      Math.max(1, Math.round(like.width * scale)),
      Math.max(1, Math.round(like.height * scale)),
    );
  };
  const first = exemplars[0];
  const bank = first ? exemplars.map((raster) => shrink(raster, first)) : [];
  const leftOut = () => bank.map((raster, i) => pixelDistance(raster, [...bank.slice(0, i), ...bank.slice(i + 1)]));
  return {
    threshold: bank.length < 3 ? null : Math.max(...leftOut()),
    score: (part) => pixelDistance(shrink(part, first ?? part), bank),
  };
}

export function pixelDiff(part: Raster, exemplars: readonly Raster[]): BaselineScore {
  const diff = createPixelDiff(exemplars);
  return { score: diff.score(part), threshold: diff.threshold };
}

function pixelDistance(part: Raster, exemplars: readonly Raster[]): number {
  if (exemplars.length === 0) return 0;
  const maps = exemplars.map((exemplar) => {
    const added = shiftedDifference(part, exemplar);
    const missing = shiftedDifference(exemplar, part);
    return added.map((value, i) => Math.max(value, missing[i]!));
  });
  return largest(smoothMap({ rows: part.height, columns: part.width, values: minimumMap(maps) }).values);
}

/** Per pixel of `from`: smallest summed absolute difference to a pixel of `to` within the shift. */
function shiftedDifference(from: Raster, to: Raster): Float32Array {
  const { width, height } = from;
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      let best = Infinity;
      for (let v = Math.max(0, y - pixelDiffShift); v <= Math.min(height - 1, y + pixelDiffShift); v++) {
        for (let u = Math.max(0, x - pixelDiffShift); u <= Math.min(width - 1, x + pixelDiffShift); u++) {
          const other = (v * width + u) * 3;
          const difference =
            Math.abs(from.data[at]! - to.data[other]!) +
            Math.abs(from.data[at + 1]! - to.data[other + 1]!) +
            Math.abs(from.data[at + 2]! - to.data[other + 2]!);
          if (difference < best) best = difference;
        }
      }
      result[y * width + x] = best;
    }
  }
  return result;
}

/** Library match's ratio of the whole part; its calibration puts the threshold at 1. */
export async function patchNN(part: Raster, match: LibraryMatch, excludeSha256: string): Promise<BaselineScore> {
  const result = await match.compare({ raster: part, view: [0, 0, 1, 1], topK: 1, excludeSha256 });
  return thresholded(result);
}

/** A comparison of the whole part as a decision. */
export function thresholded(result: { readonly score: number; readonly calibrated: boolean }): BaselineScore {
  return { score: result.score, threshold: result.calibrated ? 1 : null };
}

/** What of the part had been seen at full resolution by a given turn, and its share. */
import type { Size } from '../image/box.ts';
import { coverageShare, fullyShown, type View } from '../image/coverage.ts';
import type { RunSoFar } from './runSoFar.ts';
import type { SceneCoverage } from './sceneTypes.ts';

/**
 * Counts the look at the whole part and every crop of it shown in turns 1 to `turn`. At the end of a run whose pictures
 * are not all there, the share is that of its verdict.
 */
export function coverageAt(run: RunSoFar, turn: number, part: Size): SceneCoverage {
  // Library match alone decided: it sees the part reduced.
  const isAgentAsked = run.steps.length === 0 || run.steps.some(({ author }) => author !== 'library-match');
  if (!isAgentAsked) return { boxes: [], share: 0, sharpest: 0 };
  const shown = new Set(run.steps.slice(0, turn).map((step) => step.observation?.image));
  let rounding = 0;
  let sharpest = 0;
  let isWhole = true;
  const views: View[] = [];
  for (const image of run.images) {
    const { frame } = image;
    const seen = run.assets[image.asset];
    if (!(image.role === 'part' || (image.role === 'crop' && shown.has(image.index)))) continue;
    if (!seen) {
      isWhole = false;
      continue;
    }
    // Sides are rounded to whole merged patches, one token each: up to half a patch may be missing.
    rounding = Math.sqrt((seen.width * seen.height) / image.tokens) / 2;
    views.push({ frame, seen });
    sharpest = Math.max(sharpest, Math.min(1, seen.width / (frame[2] - frame[0])));
  }
  const boxes = fullyShown(views, rounding);
  const told = !isWhole && turn >= run.steps.length ? run.verdict?.coverage.share : undefined;
  return { boxes, share: told ?? coverageShare(part, boxes, run.verdict?.settings.areas), sharpest };
}

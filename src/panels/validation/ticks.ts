/** Where a chart's figures stand, and how they are written. Pure but for the page's language. */
import { formatNumber, formatScore, formatShare } from '../../i18n/words.ts';
import type { Tick } from './Axes.tsx';

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Scores 0..1. */
export const scoreTicks = (): Tick[] => QUARTERS.map((at) => ({ at, text: formatScore(at) }));

/** Shares as percentages; the ends and the middle are enough beside lines for the quarters. */
export const shareTicks = (): Tick[] => [0, 0.5, 1].map((at) => ({ at, text: formatShare(at) }));

/**
 * Counts up and down from a middle line, where a bar is as high as the square root of its count; the highest, and half of
 * it where that is a count of its own. `reach`: the share of the height that the highest bar takes.
 */
export function countTicks(most: number, reach: number): Tick[] {
  const half = Math.round(most / 2);
  const counts = most <= 0 ? [] : half > 0 && half < most && most > 3 ? [half, most] : [most];
  const place = (count: number) => Math.sqrt(count / most) * reach;
  return [
    ...counts.toReversed().map((count) => ({ at: 0.5 - place(count), text: formatNumber(count) })),
    { at: 0.5, text: formatNumber(0) },
    ...counts.map((count) => ({ at: 0.5 + place(count), text: formatNumber(count) })),
  ];
}

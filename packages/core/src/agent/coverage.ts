/** Coverage: the share of the part that the model saw at full resolution (design §3). */
import type { Box, Size } from '../image/box.ts';
import { boxArea } from '../image/box.ts';

export interface View {
  /** Rectangle of the part, pixels. */
  readonly frame: Box;
  /** Size in which the model received it. */
  readonly seen: Size;
}

/**
 * Area of the union of all views shown at 1:1 or larger, over the part's area; in [0, 1]. `rounding`: pixels by which a
 * side may fall short, because the processor rounds sides to whole merged patches.
 */
export function coverageShare(part: Size, views: readonly View[], rounding: number): number {
  const boxes = views
    .filter(
      ({ frame, seen }) =>
        seen.width + rounding >= frame[2] - frame[0] && seen.height + rounding >= frame[3] - frame[1],
    )
    .map(({ frame }) => frame);
  return unionArea(boxes) / (part.width * part.height);
}

/** Exact area of a union of boxes by coordinate compression. */
function unionArea(boxes: readonly Box[]): number {
  const xs = [...new Set(boxes.flatMap((box) => [box[0], box[2]]))].sort((a, b) => a - b);
  const ys = [...new Set(boxes.flatMap((box) => [box[1], box[3]]))].sort((a, b) => a - b);
  let area = 0;
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const cell: Box = [xs[i]!, ys[j]!, xs[i + 1]!, ys[j + 1]!];
      if (boxes.some((b) => b[0] <= cell[0] && b[1] <= cell[1] && b[2] >= cell[2] && b[3] >= cell[3]))
        area += boxArea(cell);
    }
  }
  return area;
}

/** Coverage: which places of the part the model saw at full resolution, and their share of it (design §3). Pure. */
import type { Areas } from './areas.ts';
import { areaMask, isInspected, isWholeImage, WHOLE_IMAGE } from './areas.ts';
import type { Box, Size } from './box.ts';
import { boxArea } from './box.ts';

export interface View {
  /** Rectangle of the part, pixels. */
  readonly frame: Box;
  /** Size in which the model received it. */
  readonly seen: Size;
}

/**
 * Rectangles of the part that were shown at 1:1 or larger, each once. `rounding`: pixels by which a side may fall short,
 * because the processor rounds sides to whole merged patches.
 */
export function fullyShown(views: readonly View[], rounding: number): Box[] {
  const boxes: Box[] = [];
  for (const { frame, seen } of views) {
    const isFull = seen.width + rounding >= frame[2] - frame[0] && seen.height + rounding >= frame[3] - frame[1];
    if (isFull && !boxes.some((box) => contains(box, frame))) boxes.push(frame);
  }
  return boxes;
}

/** Cells a side of the grid on which areas are counted. */
const GRID = 512;

/** Area of the union of `boxes` over what is inspected of the part; in [0, 1]. Within areas counted on a grid. */
export function coverageShare(part: Size, boxes: readonly Box[], areas: Areas = WHOLE_IMAGE): number {
  if (!isWholeImage(areas)) return inspectedCoverage(part, boxes, areas);
  const area = part.width * part.height;
  return area > 0 ? cellsOf(boxes).reduce((sum, cell) => sum + boxArea(cell), 0) / area : 0;
}

function inspectedCoverage(part: Size, boxes: readonly Box[], areas: Areas): number {
  const [rows, columns] = [Math.min(part.height, GRID), Math.min(part.width, GRID)];
  let [inspected, seen] = [0, 0];
  areaMask(areas, rows, columns).forEach((inside, cell) => {
    if (inside === 0) return;
    const x = (((cell % columns) + 0.5) / columns) * part.width;
    const y = ((Math.floor(cell / columns) + 0.5) / rows) * part.height;
    inspected++;
    if (boxes.some((box) => box[0] <= x && x < box[2] && box[1] <= y && y < box[3])) seen++;
  });
  return inspected > 0 ? seen / inspected : 0;
}

/** True when some of `box` is inspected, as far as a grid of 32 places a side tells. */
export function isPartInspected(areas: Areas, box: Box, part: Size): boolean {
  if (isWholeImage(areas)) return true;
  const places = Array.from({ length: 32 }, (_, index) => (index + 0.5) / 32);
  return places.some((v) =>
    places.some((u) =>
      isInspected(areas, (box[0] + u * (box[2] - box[0])) / part.width, (box[1] + v * (box[3] - box[1])) / part.height),
    ),
  );
}

/** The part without `boxes`, as rectangles that do not overlap. */
export function unseenBoxes(part: Size, boxes: readonly Box[]): Box[] {
  const whole: Box = [0, 0, part.width, part.height];
  return cellsOf([whole, ...boxes]).filter(
    (cell) => contains(whole, cell) && !boxes.some((box) => contains(box, cell)),
  );
}

/** The union of `boxes` as rectangles that do not overlap and lie in or outside every box (coordinate compression). */
function cellsOf(boxes: readonly Box[]): Box[] {
  const xs = [...new Set(boxes.flatMap((box) => [box[0], box[2]]))].sort((a, b) => a - b);
  const ys = [...new Set(boxes.flatMap((box) => [box[1], box[3]]))].sort((a, b) => a - b);
  const cells: Box[] = [];
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const cell: Box = [xs[i]!, ys[j]!, xs[i + 1]!, ys[j + 1]!];
      if (boxes.some((box) => contains(box, cell))) cells.push(cell);
    }
  }
  return cells;
}

function contains(outer: Box, inner: Box): boolean {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}

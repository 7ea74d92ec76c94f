/** How well the agent points: defect regions and crops against the true boxes (training.md §6). */
import type { Box } from '@agentiad/core/image/box.ts';
import { boxIou, boxToPixels, clampBox } from '@agentiad/core/image/box.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { mean } from '@agentiad/core/validation/metrics.ts';

/** Largest IoU of any pair; 0 when nothing was pointed at. */
export function bestIou(boxes: readonly Box[], truths: readonly Box[]): number {
  return Math.max(0, ...boxes.flatMap((box) => truths.map((truth) => boxIou(box, truth))));
}

/** IoU of everything pointed at with everything true, as areas: half of two defects found is half a hit. */
export function unionIou(boxes: readonly Box[], truths: readonly Box[]): number {
  const xs = edges([...boxes, ...truths], 0);
  const ys = edges([...boxes, ...truths], 1);
  let shared = 0;
  let all = 0;
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const covers = ([x1, y1, x2, y2]: Box) => x1 <= xs[i]! && xs[i + 1]! <= x2 && y1 <= ys[j]! && ys[j + 1]! <= y2;
      const area = (xs[i + 1]! - xs[i]!) * (ys[j + 1]! - ys[j]!);
      const inside = boxes.some(covers);
      const isTrue = truths.some(covers);
      if (inside && isTrue) shared += area;
      if (inside || isTrue) all += area;
    }
  }
  return all > 0 ? shared / all : 0;
}

function edges(boxes: readonly Box[], axis: 0 | 1): number[] {
  return [...new Set(boxes.flatMap((box) => [box[axis], box[axis + 2]!]))].sort((a, b) => a - b);
}

/** Where the agent zoomed in, in pixels of the part, as asked: without the padding that the tool adds. */
export function askedCrops(trace: Trace): Box[] {
  return trace.steps.flatMap(({ call, observation }) => {
    if (call?.name !== 'crop_image_normalized' || !observation || observation.isError) return [];
    const image = trace.images.find(({ index }) => index === call.arguments['target_image']);
    const asked = call.arguments['bbox_2d'];
    if (!image || !isBox(asked) || (image.role !== 'part' && image.role !== 'crop')) return [];
    const [left, top, right, bottom] = image.frame;
    const size = { width: right - left, height: bottom - top };
    const { box } = clampBox(boxToPixels(asked, size), size);
    return [[box[0] + left, box[1] + top, box[2] + left, box[3] + top] as const];
  });
}

function isBox(value: unknown): value is Box {
  return Array.isArray(value) && value.length === 4 && value.every((entry) => typeof entry === 'number');
}

export interface BoxScores {
  /** Parts with a true box. */
  readonly n: number;
  /** Share with an IoU above 0.5. */
  readonly hit50: number;
  readonly meanIoU: number;
}

/** `ious`: one per part that has a true box. */
export function boxScores(ious: readonly number[]): BoxScores {
  return { n: ious.length, hit50: mean(ious.map((iou) => Number(iou > 0.5))), meanIoU: mean(ious) };
}

/** Where a call pointed, as far as its arguments can be read: for showing what was clamped or refused. Pure. */
import { boxArea, clampBox, type Box, type Size } from '../image/box.ts';
import type { TraceToolCall } from '../protocol/trace.ts';
import { imageOf, type RunSoFar } from './runSoFar.ts';

/** The call's box in pixels of the part, unclamped; null when it names none that can be read, or one on a good part. */
export function askedPlace(run: RunSoFar, call: TraceToolCall | null): Box | null {
  const target = imageOf(run, Number(call?.arguments['target_image'] ?? 1));
  if (!call || !target || target.role.startsWith('exemplar')) return null;
  return placeInFrame(call.arguments['bbox_2d'], target.frame);
}

/** Least sides of a refused call's frame, as a share of the part: what it pointed at may be a line or a point. */
const LEAST_SHARE = 0.06;

/** Where a refused call pointed, inside the part; the whole part when that cannot be read. */
export function refusedPlace(run: RunSoFar, call: TraceToolCall | null, part: Size): Box {
  const asked = askedPlace(run, call);
  const whole: Box = [0, 0, part.width, part.height];
  if (!asked) return whole;
  const [x1, y1, x2, y2] = inOrder(asked);
  const [dx, dy] = [missing(x1, x2, part.width), missing(y1, y2, part.height)];
  const inside = clampBox([x1 - dx, y1 - dy, x2 + dx, y2 + dy], part).box;
  return boxArea(inside) > 0 ? inside : whole;
}

function missing(from: number, to: number, length: number): number {
  return Math.max(0, LEAST_SHARE * length - (to - from)) / 2;
}

/** Four normalised numbers as a box of the frame they were said in; null for anything else. */
export function placeInFrame(numbers: unknown, frame: Box): Box | null {
  if (!Array.isArray(numbers) || numbers.length !== 4 || !numbers.every(Number.isFinite)) return null;
  const [x1, y1, x2, y2] = numbers as [number, number, number, number];
  const [width, height] = [frame[2] - frame[0], frame[3] - frame[1]];
  return [frame[0] + x1 * width, frame[1] + y1 * height, frame[0] + x2 * width, frame[1] + y2 * height];
}

/** The numbers as the agent wrote them; null when that is no list. */
export function numbersOf(raw: string | null): unknown {
  try {
    return raw === null ? null : JSON.parse(raw);
  } catch {
    return null;
  }
}

function inOrder([x1, y1, x2, y2]: Box): Box {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

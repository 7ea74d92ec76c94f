/**
 * Editing of the areas of a recipe: pure, in shares (0..1) of the image. A rectangle stays one when a corner of it is
 * moved; nothing leaves the image.
 */
import type { Areas, Polygon } from '@agentiad/core/image/areas.ts';

export type AreaKind = keyof Areas;

/** One shape of the areas; `corner` null: all of it. */
export interface Picked {
  readonly kind: AreaKind;
  readonly index: number;
  readonly corner: number | null;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const clamp = (value: number) => Math.min(Math.max(value, 0), 1);

export function shapeOf(areas: Areas, { kind, index }: Pick<Picked, 'kind' | 'index'>): Polygon | null {
  return areas[kind][index] ?? null;
}

export function addShape(areas: Areas, kind: AreaKind, polygon: Polygon): Areas {
  return { ...areas, [kind]: [...areas[kind], polygon] };
}

export function removeShape(areas: Areas, { kind, index }: Pick<Picked, 'kind' | 'index'>): Areas {
  return { ...areas, [kind]: areas[kind].filter((_, other) => other !== index) };
}

/** Without the corner that is picked, or without the shape where it would be left with fewer than three. */
export function removePicked(areas: Areas, picked: Picked): Areas {
  const shape = shapeOf(areas, picked);
  if (!shape) return areas;
  if (picked.corner === null || shape.length <= 3) return removeShape(areas, picked);
  return replace(
    areas,
    picked,
    shape.filter((_, corner) => corner !== picked.corner),
  );
}

/** Moves what is picked by a distance, as far as the image goes. */
export function movePicked(areas: Areas, picked: Picked, dx: number, dy: number): Areas {
  const shape = shapeOf(areas, picked);
  if (!shape) return areas;
  if (picked.corner !== null) {
    const [x, y] = shape[picked.corner]!;
    return replace(areas, picked, withCorner(shape, picked.corner, { x: x + dx, y: y + dy }));
  }
  const [xs, ys] = [shape.map(([x]) => x), shape.map(([, y]) => y)];
  const [rightward, downward] = [within(dx, xs), within(dy, ys)];
  return replace(
    areas,
    picked,
    shape.map(([x, y]) => [x + rightward, y + downward] as const),
  );
}

/** The rectangle between two corners, whichever they are; null when it is too thin to be meant. */
export function rectangle(a: Spot, b: Spot, least = 0.005): Polygon | null {
  const [left, right] = [clamp(Math.min(a.x, b.x)), clamp(Math.max(a.x, b.x))];
  const [top, bottom] = [clamp(Math.min(a.y, b.y)), clamp(Math.max(a.y, b.y))];
  if (right - left < least || bottom - top < least) return null;
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** Corners as somebody clicked them; null when there are too few to enclose anything. */
export function polygonOf(spots: readonly Spot[]): Polygon | null {
  return spots.length < 3 ? null : spots.map(({ x, y }) => [clamp(x), clamp(y)] as const);
}

export function isRectangle(shape: Polygon): boolean {
  if (shape.length !== 4) return false;
  const [[ax, ay], [bx, by], [cx, cy], [dx, dy]] = shape as [Polygon[0], Polygon[0], Polygon[0], Polygon[0]];
  return (ay === by && bx === cx && cy === dy && dx === ax) || (ax === bx && by === cy && cx === dx && dy === ay);
}

/** What lies at a spot: a corner nearer than `reach` (shares across and down), else the shape drawn last around it. */
export function pickAt(areas: Areas, at: Spot, reach: Spot): Picked | null {
  const shapes = (['ignore', 'roi'] as const).flatMap((kind) =>
    areas[kind].map((shape, index) => ({ kind, index, shape })).reverse(),
  );
  for (const { kind, index, shape } of shapes) {
    const corner = shape.findIndex(([x, y]) => Math.hypot((x - at.x) / reach.x, (y - at.y) / reach.y) <= 1);
    if (corner >= 0) return { kind, index, corner };
  }
  const around = shapes.find(({ shape }) => contains(shape, at));
  return around ? { kind: around.kind, index: around.index, corner: null } : null;
}

function replace(areas: Areas, { kind, index }: Picked, shape: Polygon): Areas {
  return { ...areas, [kind]: areas[kind].map((other, place) => (place === index ? shape : other)) };
}

function withCorner(shape: Polygon, corner: number, to: Spot): Polygon {
  const [x, y] = [clamp(to.x), clamp(to.y)];
  if (!isRectangle(shape)) return shape.map((other, index) => (index === corner ? ([x, y] as const) : other));
  const [oldX, oldY] = shape[corner]!;
  return shape.map(([otherX, otherY]) => [otherX === oldX ? x : otherX, otherY === oldY ? y : otherY] as const);
}

/** The distance, shortened so that all values stay in 0..1. */
function within(distance: number, values: readonly number[]): number {
  return Math.min(Math.max(distance, -Math.min(...values)), 1 - Math.max(...values));
}

function contains(shape: Polygon, { x, y }: Spot): boolean {
  let inside = false;
  for (const [index, [x1, y1]] of shape.entries()) {
    const [x2, y2] = shape[(index + 1) % shape.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  }
  return inside;
}

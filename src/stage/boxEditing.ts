/** Taking hold of boxes: which side, corner or inside is under the pointer, and the box that a drag makes of it. Pure. */
import { clampBox, type Box, type Size } from '@agentiad/core/image/box.ts';
import { LEAST_SIDE, movedBox } from '../state/correction.ts';
import type { Point } from './camera.ts';

export interface Grip {
  readonly index: number;
  readonly box: Box;
  /** Which sides follow the pointer: -1 the left or upper one, 1 the right or lower one; both 0: the whole box. */
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

interface Editable {
  readonly regions: readonly { readonly box: Box }[];
  readonly selected: number | null;
}

/** `reach`: pixels of the part. The selected box comes first, then the smallest: a small one in a large one can be taken. */
export function gripAt({ regions, selected }: Editable, at: Point, reach: number): Grip | null {
  const inOrder = regions
    .map(({ box }, index) => ({ box, index }))
    .sort((a, b) => Number(b.index === selected) - Number(a.index === selected) || areaOf(a.box) - areaOf(b.box));
  for (const { box, index } of inOrder) {
    const [x1, y1, x2, y2] = box;
    if (at.x < x1 - reach || at.x > x2 + reach || at.y < y1 - reach || at.y > y2 + reach) continue;
    return { index, box, x: sideOf(at.x, x1, x2, reach), y: sideOf(at.y, y1, y2, reach) };
  }
  return null;
}

export function draggedBox({ box, x, y }: Grip, from: Point, to: Point, part: Size): Box {
  const dx = Math.round(to.x - from.x);
  const dy = Math.round(to.y - from.y);
  if (x === 0 && y === 0) return movedBox(box, dx, dy, part);
  const [x1, y1, x2, y2] = box;
  return clampBox(
    [
      x === -1 ? Math.min(x1 + dx, x2 - LEAST_SIDE) : x1,
      y === -1 ? Math.min(y1 + dy, y2 - LEAST_SIDE) : y1,
      x === 1 ? Math.max(x2 + dx, x1 + LEAST_SIDE) : x2,
      y === 1 ? Math.max(y2 + dy, y1 + LEAST_SIDE) : y2,
    ],
    part,
  ).box;
}

/** A narrow box has a middle to take all the same. */
function sideOf(at: number, low: number, high: number, reach: number): -1 | 0 | 1 {
  const inside = Math.min(reach, (high - low) / 4);
  if (at < low + inside) return -1;
  return at > high - inside ? 1 : 0;
}

const areaOf = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);

/** The box somebody drags on the part: a dashed rectangle while it grows, whole pixels inside the part when it is done. */
import { clampBox, type Box, type Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { Point } from './camera.ts';
import { rectOf } from './markNode.ts';

/** A smaller drag was a slip. */
const LEAST_PIXELS = 4;

export interface BoxDrawing {
  readonly node: Konva.Group;
  begin(at: Point, part: Size, colour: string): void;
  reach(to: Point): void;
  /** The box, or null when it was called off or is too small. */
  end(done: boolean): Box | null;
}

export function createBoxDrawing(): BoxDrawing {
  const node = new Konva.Group({ listening: false });
  const rect = new Konva.Rect({
    id: 'drawn-box',
    visible: false,
    strokeWidth: 2,
    dash: [6, 4],
    strokeScaleEnabled: false,
  });
  node.add(rect);
  let start: Point = { x: 0, y: 0 };
  let box: Box = [0, 0, 0, 0];
  let part: Size = { width: 1, height: 1 };
  return {
    node,
    begin(at, size, colour) {
      start = at;
      part = size;
      box = [at.x, at.y, at.x, at.y];
      rect.setAttrs({ ...rectOf(box), stroke: colour, fill: `${colour}1f`, visible: true });
    },
    reach(to) {
      box = clampBox(boxBetween(start, to), part).box;
      rect.setAttrs(rectOf(box));
    },
    end(done) {
      rect.visible(false);
      const isBox = box[2] - box[0] >= LEAST_PIXELS && box[3] - box[1] >= LEAST_PIXELS;
      return done && isBox ? box : null;
    },
  };
}

/** The whole pixels between two corners, whichever they are. */
function boxBetween(a: Point, b: Point): Box {
  return [
    Math.floor(Math.min(a.x, b.x)),
    Math.floor(Math.min(a.y, b.y)),
    Math.ceil(Math.max(a.x, b.x)),
    Math.ceil(Math.max(a.y, b.y)),
  ];
}

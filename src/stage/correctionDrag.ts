/** Drags while boxes are corrected: on a box they move or resize it, beside the boxes they draw another. */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import type { BoxDrawing } from './boxDrawing.ts';
import { draggedBox, gripAt } from './boxEditing.ts';
import type { Point } from './camera.ts';
import type { CorrectionInput, CorrectionNode } from './correctionNode.ts';
import type { Drag } from './gestures.ts';

/** CSS pixels around a side or corner that take hold of it. */
const GRIP_REACH = 7;

export interface CorrectionDragHost {
  readonly drawing: BoxDrawing;
  readonly correction: CorrectionNode;
  readonly onSelect: (index: number | null) => void;
  /** A box was drawn (null), moved or resized. */
  readonly onBox: (index: number | null, box: Box) => void;
  readonly render: () => void;
}

/** Begins one at `at` (screen); `toPart` follows the camera. */
export function beginCorrectionDrag(
  { drawing, correction, onSelect, onBox, render }: CorrectionDragHost,
  input: { readonly correction: CorrectionInput; readonly part: Size; readonly scale: number; readonly colour: string },
  toPart: (point: Point) => Point,
  at: Point,
): Drag {
  const from = toPart(at);
  const grip = gripAt(input.correction, from, GRIP_REACH / input.scale);
  onSelect(grip?.index ?? null);
  if (!grip) {
    drawing.begin(from, input.part, input.colour);
    return {
      move: (to) => drawing.reach(toPart(to)),
      end(done) {
        const box = drawing.end(done);
        if (box) onBox(null, box);
      },
    };
  }
  let box = grip.box;
  return {
    move(to) {
      box = draggedBox(grip, from, toPart(to), input.part);
      correction.preview({ index: grip.index, box });
      render();
    },
    end(done) {
      correction.preview(null);
      if (done) onBox(grip.index, box);
      render();
    },
  };
}

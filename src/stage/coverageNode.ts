/** Dims what the model has not seen at full resolution, and outlines what it has. In pixels of the part. */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import { unseenBoxes } from '@agentiad/core/image/coverage.ts';
import Konva from 'konva';

export interface CoverageNode {
  /** Carries the camera. */
  readonly group: Konva.Group;
  /** `seen`: null hides it. */
  update(seen: readonly Box[] | null, part: Size, veil: string): void;
}

export function createCoverageNode(): CoverageNode {
  let dimmed: readonly Box[] = [];
  let key = '';
  const shade = new Konva.Shape({
    id: 'coverage',
    opacity: 0.72,
    listening: false,
    // One path: rectangles that touch leave no seam between them.
    sceneFunc(context, shape) {
      context.beginPath();
      for (const [x1, y1, x2, y2] of dimmed) context.rect(x1, y1, x2 - x1, y2 - y1);
      context.fillShape(shape);
    },
  });
  const group = new Konva.Group({ listening: false });
  group.add(shade);
  return {
    group,
    update(seen, part, veil) {
      group.visible(seen !== null);
      if (!seen) return;
      const next = JSON.stringify([seen, part, veil]);
      if (next === key) return;
      key = next;
      dimmed = unseenBoxes(part, seen);
      // Konva redraws when an attribute changes.
      shade.fill(veil).name(key);
    },
  };
}

/** Corrected boxes that were kept, beside those of the verdict: dash-dotted, with their badge below. In pixels of the part. */
import type { Box } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { CorrectedRegion } from '../state/correction.ts';
import { typeWords } from '../state/words.ts';
import { toScreen, type Camera } from './camera.ts';
import { BADGE_FONT, BADGE_HEIGHT, isInView, rectOf, type MarkLook } from './markNode.ts';

export interface KeptNode {
  /** Carries the camera. */
  readonly group: Konva.Group;
  update(regions: readonly CorrectedRegion[], look: Omit<MarkLook, 'emphasis'>): void;
}

export function createKeptNode(): KeptNode {
  const group = new Konva.Group({ id: 'kept-correction', listening: false });
  return {
    group,
    update(regions, { camera, colours, words, view }) {
      group.destroyChildren();
      const still = { listening: false, strokeScaleEnabled: false, perfectDrawEnabled: false };
      for (const [index, { box, type }] of regions.entries()) {
        // The verdict's line shows in the gaps where both boxes are the same.
        const line = { ...still, ...rectOf(box), dash: [10, 7, 2, 7] };
        group.add(
          new Konva.Rect({ ...line, stroke: colours.halo, strokeWidth: 4.5, opacity: 0.6 }),
          new Konva.Rect({ ...line, id: `kept-${index}`, stroke: colours.human, strokeWidth: 2.5 }),
        );
        if (!isInView(box, camera, view)) continue;
        const badge = new Konva.Label({ listening: false, scaleX: 1 / camera.scale, scaleY: 1 / camera.scale });
        const text = new Konva.Text({
          fontFamily: BADGE_FONT,
          fontSize: 12,
          fontStyle: '600',
          padding: 4,
          wrap: 'none',
        });
        text.text([`${words.corrected} ${index + 1}`, ...(type === null ? [] : [typeWords(type)])].join(' · '));
        text.fill(colours.accentText);
        badge.add(new Konva.Tag({ cornerRadius: 4, fill: colours.human }), text);
        badge.position(badgeBelow(box, camera, { width: view.width - text.width(), height: view.height }));
        group.add(badge);
      }
    },
  };
}

/** Below the box's left corner, where the verdict's own badge is not; inside it where the view ends. */
export function badgeBelow(
  [x1, , , y2]: Box,
  camera: Camera,
  last: { readonly width: number; readonly height: number },
): { x: number; y: number } {
  const corner = toScreen(camera, { x: x1, y: y2 });
  const y = Math.min(corner.y + 4, last.height - BADGE_HEIGHT - 2);
  const x = Math.max(2, Math.min(corner.x, last.width - 2));
  return { x: (x - camera.x) / camera.scale, y: (y - camera.y) / camera.scale };
}

/** Boxes that are being corrected: outlined and numbered, the selected one with corners to take. In pixels of the part. */
import type { Box } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { CorrectedRegion } from '../state/correction.ts';
import { typeWords } from '../state/words.ts';
import { BADGE_FONT, badgePlace, rectOf, type MarkLook } from './markNode.ts';

export interface CorrectionInput {
  readonly regions: readonly CorrectedRegion[];
  readonly selected: number | null;
}

export interface CorrectionNode {
  readonly group: Konva.Group;
  update(input: CorrectionInput | null, look: Omit<MarkLook, 'emphasis'>): void;
  /** A box shown elsewhere while it is dragged. */
  preview(moved: { readonly index: number; readonly box: Box } | null): void;
}

/** CSS pixels of a corner that can be taken. */
const CORNER = 8;

export function createCorrectionNode(): CorrectionNode {
  const group = new Konva.Group({ id: 'correction', listening: false, visible: false });
  let moved: { readonly index: number; readonly box: Box } | null = null;
  return {
    group,
    preview(next) {
      moved = next;
    },
    update(input, { camera, colours, view }) {
      group.visible(input !== null);
      group.destroyChildren();
      if (!input) return;
      const still = { listening: false, strokeScaleEnabled: false, perfectDrawEnabled: false };
      for (const [index, { box: kept, type }] of input.regions.entries()) {
        const box = moved?.index === index ? moved.box : kept;
        const isSelected = index === input.selected;
        const stroke = isSelected ? colours.accent : colours.defect;
        const place = rectOf(box);
        group.add(new Konva.Rect({ ...still, ...place, stroke: colours.halo, strokeWidth: 4, opacity: 0.6 }));
        group.add(
          new Konva.Rect({
            ...still,
            ...place,
            id: `corrected-${index}`,
            stroke,
            strokeWidth: 2,
            fill: isSelected ? `${stroke}1f` : 'transparent',
          }),
        );
        const badge = new Konva.Label({ listening: false, scaleX: 1 / camera.scale, scaleY: 1 / camera.scale });
        const words = [String(index + 1), ...(type === null ? [] : [typeWords(type)])].join(' · ');
        const text = new Konva.Text({
          fontFamily: BADGE_FONT,
          fontSize: 12,
          fontStyle: '600',
          padding: 4,
          wrap: 'none',
        });
        text.setAttrs({ text: words, fill: colours.accentText });
        badge.add(new Konva.Tag({ cornerRadius: 4, fill: stroke }), text);
        badge.position(badgePlace(box, camera, view.width - text.width()));
        group.add(badge);
        if (!isSelected) continue;
        const side = CORNER / camera.scale;
        for (const x of [box[0], box[2]])
          for (const y of [box[1], box[3]])
            group.add(
              new Konva.Rect({
                ...still,
                x: x - side / 2,
                y: y - side / 2,
                width: side,
                height: side,
                fill: colours.halo,
                stroke,
                strokeWidth: 1.5,
              }),
            );
      }
    },
  };
}

/** One outlined rectangle on the stage with its badge. Sizes are screen pixels: they do not grow with the camera. */
import Konva from 'konva';
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import { toScreen, type Camera } from './camera.ts';

export interface StageColours {
  readonly accent: string;
  readonly accentText: string;
  readonly defect: string;
  readonly place: string;
  readonly trail: string;
  readonly failed: string;
  readonly halo: string;
}

export interface MarkNode {
  readonly group: Konva.Group;
  update(mark: SceneMark, camera: Camera, offsetX: number, colours: StageColours, highlighted: boolean): void;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export function createMarkNode(id: string, onClick: () => void): MarkNode {
  const group = new Konva.Group({ id: `region-${id}` });
  const halo = new Konva.Rect({ listening: false, cornerRadius: 3 });
  const outline = new Konva.Rect({ cornerRadius: 3, hitStrokeWidth: 12, fillEnabled: true });
  const badge = new Konva.Label({ listening: false });
  const tag = new Konva.Tag({ cornerRadius: 4 });
  const text = new Konva.Text({ fontFamily: FONT, fontSize: 12, fontStyle: '600', padding: 4 });
  badge.add(tag, text);
  group.add(halo, outline, badge);
  outline.on('click tap', onClick);
  return {
    group,
    update(mark, camera, offsetX, colours, highlighted) {
      const from = toScreen(camera, { x: mark.box[0], y: mark.box[1] });
      const to = toScreen(camera, { x: mark.box[2], y: mark.box[3] });
      const place = { x: from.x + offsetX, y: from.y, width: to.x - from.x, height: to.y - from.y };
      const colour = mark.failed ? colours.failed : colourOf(mark, colours);
      const width = mark.kind === 'trail' ? 1.25 : highlighted ? 3 : 2;
      const around = 2 * (place.width + place.height);
      const dash = mark.drawn < 1 ? [around * mark.drawn, around] : dashOf(mark);
      halo.setAttrs({ ...place, stroke: colours.halo, strokeWidth: width + 2, dash, opacity: 0.55 });
      outline.setAttrs({ ...place, stroke: colour, strokeWidth: width, dash });
      outline.fill(highlighted ? `${colour}22` : 'transparent');
      const label = labelOf(mark);
      badge.visible(label !== '' && mark.drawn > 0.6);
      text.setAttrs({ text: label, fill: colours.accentText });
      tag.fill(colour);
      badge.position({ x: Math.max(2, place.x), y: place.y > 24 ? place.y - 24 : place.y + 4 });
      group.opacity(mark.opacity);
    },
  };
}

function labelOf(mark: SceneMark): string {
  const words = mark.kind === 'defect' || (mark.kind === 'place' && mark.number === null) ? mark.note : '';
  const flags = [mark.failed ? 'refused' : '', mark.clamped ? 'clamped to the image' : ''].filter(
    (flag) => flag !== '',
  );
  if (mark.kind === 'trail') return '';
  return [mark.number === null ? '' : String(mark.number), words, ...flags].filter((part) => part !== '').join(' · ');
}

/** Shape besides colour tells the kinds apart: failed and clamped are dashed, the trail dotted. */
function dashOf(mark: SceneMark): number[] {
  if (mark.failed || mark.clamped) return [9, 5];
  return mark.kind === 'trail' ? [3, 4] : [];
}

function colourOf(mark: SceneMark, colours: StageColours): string {
  switch (mark.kind) {
    case 'defect':
      return colours.defect;
    case 'place':
      return colours.place;
    case 'trail':
      return colours.trail;
    default:
      return colours.accent;
  }
}

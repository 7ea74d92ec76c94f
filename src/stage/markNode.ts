/**
 * One mark as Konva nodes in pixels of the part: the group it lies in carries the camera. Strokes keep their screen
 * width, labels are divided by the scale. Kinds differ in shape, number and words, never in colour alone: a place has
 * round corners, a defect square ones and a heavier line, a clamped box is hatched, a refused one crossed, a trail dotted.
 */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import Konva from 'konva';
import { toScreen, type Camera } from './camera.ts';
import { hatchPattern } from './hatch.ts';
import { markLabel, type MarkWords } from './markLabel.ts';
import type { StageColours } from './stageColours.ts';

export interface MarkNode {
  readonly group: Konva.Group;
  update(mark: SceneMark, look: MarkLook): void;
}

export interface MarkLook {
  readonly camera: Camera;
  readonly colours: StageColours;
  readonly words: MarkWords;
  readonly emphasis: 'none' | 'hovered' | 'selected';
  /** Screen pixels that the part has. */
  readonly view: Size;
}

export const BADGE_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
export const BADGE_HEIGHT = 20;
const BADGE_GAP = 4;
/** CSS pixels of width beyond which a cross is thinned. */
const LARGE_CROSS = 360;

export function createMarkNode(id: string): MarkNode {
  const group = new Konva.Group({ id: `region-${id}`, listening: false });
  const still: Konva.ShapeConfig = { listening: false, strokeScaleEnabled: false, perfectDrawEnabled: false };
  const hatch = new Konva.Rect(still);
  const asked: Konva.Rect = new Konva.Rect({
    ...still,
    id: `asked-${id}`,
    visible: false,
    dash: [2, 4],
    strokeWidth: 1.25,
  });
  const halo = new Konva.Rect(still);
  const outline = new Konva.Rect({ ...still, id: `outline-${id}` });
  const cross: Konva.Shape = new Konva.Shape({
    ...still,
    visible: false,
    sceneFunc: drawCross,
    dash: [9, 5],
    strokeWidth: 1.25,
  });
  const badge = new Konva.Label({ listening: false });
  const tag = new Konva.Tag({ cornerRadius: 4 });
  const text = new Konva.Text({ fontFamily: BADGE_FONT, fontSize: 12, fontStyle: '600', padding: 4, wrap: 'none' });
  badge.add(tag, text);
  group.add(hatch, asked, halo, outline, cross, badge);
  return {
    group,
    update(mark, { camera, colours, words, emphasis, view }) {
      const place = rectOf(mark.box);
      const colour = markColour(mark, colours);
      const strokeWidth = lineWidth(mark) + (emphasis === 'none' ? 0 : 1);
      const around = 2 * (place.width + place.height) * camera.scale;
      const dash = mark.drawn < 1 ? [around * mark.drawn, around] : dashOf(mark);
      const cornerRadius = (mark.kind === 'place' ? 6 : mark.kind === 'defect' ? 0 : 2) / camera.scale;
      halo.setAttrs({ ...place, cornerRadius, dash, stroke: colours.halo, strokeWidth: strokeWidth + 2, opacity: 0.6 });
      outline.setAttrs({ ...place, cornerRadius, dash, stroke: colour, strokeWidth });
      outline.fill(emphasis === 'none' ? 'transparent' : `${colour}24`);
      const isHatched = mark.clamped && mark.kind !== 'trail';
      hatch.setAttrs({ ...place, visible: isHatched });
      if (isHatched) {
        hatch.fillPatternImage(hatchPattern(colour) as unknown as HTMLImageElement);
        hatch.fillPatternScale({ x: 1 / camera.scale, y: 1 / camera.scale });
      }
      asked.visible(mark.asked !== null && mark.kind !== 'trail' && mark.drawn === 1);
      if (mark.asked) asked.setAttrs({ ...rectOf(mark.asked), stroke: colour });
      // Over a large place the cross is only a hint: what is under it is looked at.
      const isLarge = place.width * camera.scale > LARGE_CROSS;
      cross.setAttrs({
        ...place,
        stroke: colour,
        visible: mark.failed && mark.drawn > 0.5,
        opacity: isLarge ? 0.3 : 1,
      });
      const label = markLabel(mark, words, emphasis !== 'none');
      badge.visible(label !== '' && mark.drawn > 0.6 && isInView(mark.box, camera, view));
      text.setAttrs({ text: label, fill: colours.accentText });
      tag.fill(colour);
      badge.scale({ x: 1 / camera.scale, y: 1 / camera.scale });
      badge.position(badgePlace(mark.box, camera, view.width - text.width()));
      group.opacity(mark.opacity);
    },
  };
}

export function rectOf(box: Box) {
  return { x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] };
}

/**
 * Above the box's left corner; inside it where the view ends, and further left where its words would not fit: they begin at
 * `lastX` at the latest, a screen pixel. In pixels of the part.
 */
export function badgePlace(box: Box, camera: Camera, lastX: number): { x: number; y: number } {
  const corner = toScreen(camera, { x: box[0], y: box[1] });
  const above = corner.y - BADGE_HEIGHT - BADGE_GAP;
  const y = above >= 2 ? above : Math.max(2, corner.y + BADGE_GAP);
  const x = Math.max(2, Math.min(corner.x, lastX - 2));
  return { x: (x - camera.x) / camera.scale, y: (y - camera.y) / camera.scale };
}

/** Words are not shown at the end of the view for a box that is beyond it. */
export function isInView([left, top, right, bottom]: Box, camera: Camera, view: Size): boolean {
  const from = toScreen(camera, { x: left, y: top });
  const to = toScreen(camera, { x: right, y: bottom });
  return from.x < view.width && from.y < view.height && to.x > 0 && to.y > 0;
}

function drawCross(context: Konva.Context, shape: Konva.Shape): void {
  const { width, height } = shape.size();
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(width, height);
  context.moveTo(width, 0);
  context.lineTo(0, height);
  context.strokeShape(shape);
}

function lineWidth({ kind }: SceneMark): number {
  if (kind === 'trail') return 1.25;
  return kind === 'defect' ? 2.5 : 2;
}

function dashOf(mark: SceneMark): number[] {
  if (mark.failed) return [9, 5];
  if (mark.clamped) return [6, 3];
  return mark.kind === 'trail' ? [2, 4] : [];
}

export function markColour(mark: Pick<SceneMark, 'kind' | 'failed'>, colours: StageColours): string {
  if (mark.failed) return colours.failed;
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

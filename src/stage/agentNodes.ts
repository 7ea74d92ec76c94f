/** What moves while the agent acts, besides its marks: the glowing frame of a look, and the path from zoom to zoom. */
import type { Size } from '@agentiad/core/image/box.ts';
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import Konva from 'konva';
import type { StageColours } from './stageColours.ts';

export interface AgentNodes {
  readonly group: Konva.Group;
  update(scene: Scene, part: Size, colours: StageColours): void;
}

export function createAgentNodes(): AgentNodes {
  const still: Konva.ShapeConfig = { listening: false, strokeScaleEnabled: false, perfectDrawEnabled: false };
  const group = new Konva.Group({ listening: false });
  const glow = new Konva.Rect({ ...still, id: 'look-glow' });
  const frame = new Konva.Rect({ ...still, id: 'look-frame' });
  const path = new Konva.Line({ ...still, id: 'trail-path', dash: [1, 4], strokeWidth: 1.25, opacity: 0.7 });
  group.add(path, glow, frame);
  return {
    group,
    update(scene, part, colours) {
      const { pulse } = scene;
      glow.setAttrs({
        ...part,
        visible: pulse > 0,
        stroke: colours.accent,
        strokeWidth: 14 * pulse,
        opacity: 0.3 * pulse,
      });
      frame.setAttrs({ ...part, visible: pulse > 0, stroke: colours.accent, strokeWidth: 2, opacity: pulse });
      const stops = scene.marks.filter((mark) => (mark.kind === 'trail' || mark.kind === 'zoom') && !mark.failed);
      path.visible(stops.length > 1);
      if (stops.length < 2) return;
      path.points(stops.flatMap(({ box }) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]));
      path.stroke(colours.trail);
    },
  };
}

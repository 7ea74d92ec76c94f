/** What a key asks of the stage, done. */
import type { Box } from '@agentiad/core/image/box.ts';
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import { roomAround } from '@agentiad/core/replay/scene.ts';
import { unreachable } from '@agentiad/core/support/assert.ts';
import type { StageCommand } from './stageCommands.ts';
import type { StageInput, StageView } from './stageTypes.ts';

/** CSS pixels a key moves the view. */
const STEP = 60;
const ZOOM = 1.4;

export function runCommand(stage: StageView, command: StageCommand, input: () => StageInput | null): void {
  switch (command) {
    case 'fit':
      return stage.fit();
    case 'one-to-one':
      return stage.oneToOne();
    case 'toggle':
      return stage.toggle();
    case 'region': {
      const now = input();
      const box = now && (now.pointedAt ?? regionOf(now.scene, now.part.size));
      return box ? stage.flyTo(box) : undefined;
    }
    case 'zoom-in':
      return stage.zoomBy(ZOOM);
    case 'zoom-out':
      return stage.zoomBy(1 / ZOOM);
    case 'follow':
      return stage.setFollow(!stage.isFollowing());
    case 'left':
      return stage.panBy(STEP, 0);
    case 'right':
      return stage.panBy(-STEP, 0);
    case 'up':
      return stage.panBy(0, STEP);
    case 'down':
      return stage.panBy(0, -STEP);
    case 'hide-overlays':
      return stage.hideOverlays(true);
    case 'show-overlays':
      return stage.hideOverlays(false);
    case 'hand':
      return stage.setHand(true);
    case 'no-hand':
      return stage.setHand(false);
    default:
      return unreachable(command);
  }
}

/** The rectangle the step is about: its own, else the last one zoomed into, else the first numbered one. */
export function regionOf(scene: Pick<Scene, 'marks'>, part: { width: number; height: number }): Box | null {
  const { marks } = scene;
  const mark =
    marks.find(({ kind }) => kind === 'zoom') ??
    marks.find(({ number }) => number === 1) ??
    marks.findLast(({ kind }) => kind === 'trail');
  return mark ? roomAround(mark.box, part) : null;
}

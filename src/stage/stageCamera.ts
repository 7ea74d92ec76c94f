/** Where the stage's camera is: following the scene, moved by hand, or flying between the two. Knows no canvas. */
import { fitBox, type Camera } from './camera.ts';
import { createFlight } from './cameraFlight.ts';
import type { Box, Size } from '@agentiad/core/image/box.ts';

export interface StageCameraHost {
  /** What a following camera frames; null: nothing is on the stage. */
  readonly framed: () => Box | null;
  readonly viewport: () => Size;
  readonly onFollow: (follow: boolean) => void;
  readonly isMotionReduced: () => boolean;
  readonly render: () => void;
}

export interface StageCamera {
  /** As it was drawn last. */
  now(): Camera;
  /** For the next drawing. */
  next(): Camera;
  isFollowing(): boolean;
  setFollow(follow: boolean): void;
  /** Moved at once; it stays there. */
  move(to: Camera): void;
  /** A jump that the user asked for: flown, unless motion is reduced; it stays there. */
  jump(to: () => Camera): void;
  /** Flies to a place that is pointed at; a following camera goes on following. */
  show(box: Box): void;
  /** Put elsewhere without a movement, as when the view changes its size. */
  put(camera: Camera): void;
  stop(): void;
}

export function createStageCamera({
  framed,
  viewport,
  onFollow,
  isMotionReduced,
  render,
}: StageCameraHost): StageCamera {
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let follow = true;
  const flight = createFlight(render);
  const followed = (): Camera => {
    const box = framed();
    return box ? fitBox(box, viewport()) : camera;
  };
  const fly = (to: () => Camera) => {
    if (!isMotionReduced()) return flight.start(camera, to);
    flight.stop();
    camera = to();
    render();
  };
  const stay = () => {
    if (follow) onFollow(false);
    follow = false;
  };
  return {
    now: () => camera,
    next: () => (camera = flight.camera() ?? (follow ? followed() : camera)),
    isFollowing: () => follow,
    setFollow(next) {
      if (follow !== next) onFollow(next);
      follow = next;
      if (next) fly(followed);
      else flight.stop();
    },
    move(to) {
      flight.stop();
      camera = to;
      stay();
      render();
    },
    jump(to) {
      stay();
      fly(to);
    },
    show: (box) => (follow ? fly(followed) : fly(() => fitBox(box, viewport()))),
    put(to) {
      camera = to;
    },
    stop: () => flight.stop(),
  };
}

/** A flight of the camera: eased, short, and over at once when something else moves the camera. */
import { cameraBetween, type Camera } from './camera.ts';

const FLIGHT_MS = 320;
/** A frame after a pause moves at most this much, so that no flight is skipped. */
const MAX_DELTA_MS = 50;

export interface Flight {
  /** Flies from a camera to where `to` says, which may move meanwhile. */
  start(from: Camera, to: () => Camera): void;
  stop(): void;
  /** Where the camera is now; null when none flies. */
  camera(): Camera | null;
}

export function createFlight(onFrame: () => void): Flight {
  let flying: { readonly from: Camera; readonly to: () => Camera; elapsed: number; lastMs: number | null } | null =
    null;
  let request = 0;
  const frame = (ms: number) => {
    if (!flying) return;
    flying.elapsed += flying.lastMs === null ? 16 : Math.min(MAX_DELTA_MS, ms - flying.lastMs);
    flying.lastMs = ms;
    const isOver = flying.elapsed >= FLIGHT_MS;
    onFrame();
    if (isOver) flying = null;
    else request = requestAnimationFrame(frame);
  };
  return {
    start(from, to) {
      cancelAnimationFrame(request);
      flying = { from, to, elapsed: 0, lastMs: null };
      request = requestAnimationFrame(frame);
    },
    stop() {
      cancelAnimationFrame(request);
      flying = null;
    },
    camera() {
      if (!flying) return null;
      const progress = easeInOut(Math.min(1, flying.elapsed / FLIGHT_MS));
      return cameraBetween(flying.from, flying.to(), progress);
    },
  };
}

function easeInOut(p: number): number {
  return p < 0.5 ? 4 * p ** 3 : 1 - (-2 * p + 2) ** 3 / 2;
}

/**
 * Where the user put the camera, kept for the session: the next image of equal size and a reloaded page keep the exact
 * view. Nothing is kept while the camera follows the agent.
 */
import type { Size } from '@agentiad/core/image/box.ts';
import { centredOn, toImage, type Camera } from './camera.ts';

const ENTRY = 'agentiad-camera';

interface Kept {
  readonly image: Size;
  readonly viewport: Size;
  readonly camera: Camera;
}

export function keepCamera(disk: Pick<Storage, 'setItem'>, kept: Kept): void {
  disk.setItem(ENTRY, JSON.stringify(kept));
}

export function forgetCamera(disk: Pick<Storage, 'removeItem'>): void {
  disk.removeItem(ENTRY);
}

/** The camera kept for an image of this size, with the same middle in a viewport of another size; null when none is. */
export function keptCamera(disk: Pick<Storage, 'getItem'>, image: Size, viewport: Size): Camera | null {
  const kept = parse(disk.getItem(ENTRY));
  if (!kept || kept.image.width !== image.width || kept.image.height !== image.height) return null;
  const { camera } = kept;
  if (kept.viewport.width === viewport.width && kept.viewport.height === viewport.height) return camera;
  const middle = toImage(camera, { x: kept.viewport.width / 2, y: kept.viewport.height / 2 });
  return centredOn(middle, camera.scale, viewport);
}

function parse(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Kept | null;
    const numbers = kept && [kept.camera.x, kept.camera.y, kept.camera.scale, kept.image.width, kept.viewport.width];
    return numbers?.every(Number.isFinite) && kept && kept.camera.scale > 0 ? kept : null;
  } catch {
    return null; // damaged: as if nothing had been kept
  }
}

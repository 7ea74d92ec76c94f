/**
 * The stage's one camera and its arithmetic: screen = image * scale + (x, y). Pure; no Konva, no DOM.
 * Image coordinates are pixels of the upright part, screen coordinates CSS pixels of the viewport.
 */
import type { Box, Size } from '@agentiad/core/image/box.ts';

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Above this scale single pixels are shown crisp instead of blended. */
export const CRISP_ABOVE = 3;
/** Largest magnification: screen pixels per image pixel. */
export const MAX_SCALE = 64;

/** The camera that shows `box` centred and whole in `viewport`, `padding` CSS pixels free on each side. */
export function fitBox(box: Box, viewport: Size, padding = 24): Camera {
  const width = Math.max(1e-6, box[2] - box[0]);
  const height = Math.max(1e-6, box[3] - box[1]);
  const room = { width: Math.max(1, viewport.width - 2 * padding), height: Math.max(1, viewport.height - 2 * padding) };
  const scale = Math.min(room.width / width, room.height / height, MAX_SCALE);
  return {
    scale,
    x: viewport.width / 2 - ((box[0] + box[2]) / 2) * scale,
    y: viewport.height / 2 - ((box[1] + box[3]) / 2) * scale,
  };
}

/** Multiplies the scale by `factor`, keeping the image point under `pointer` (screen) where it is. */
export function zoomAt(camera: Camera, pointer: { x: number; y: number }, factor: number, image: Size, viewport: Size) {
  const least = Math.min(fitBox([0, 0, image.width, image.height], viewport).scale, 1) / 2;
  const scale = Math.min(Math.max(camera.scale * factor, least), MAX_SCALE);
  const ratio = scale / camera.scale;
  return keepInView(
    { scale, x: pointer.x - (pointer.x - camera.x) * ratio, y: pointer.y - (pointer.y - camera.y) * ratio },
    image,
    viewport,
  );
}

/** Bounds panning: at least a quarter of the viewport, or the whole image when that is smaller, stays covered. */
export function keepInView(camera: Camera, image: Size, viewport: Size): Camera {
  const bound = (offset: number, length: number, room: number) => {
    const keep = Math.min(length, room / 4);
    return Math.min(Math.max(offset, keep - length), room - keep);
  };
  return {
    scale: camera.scale,
    x: bound(camera.x, image.width * camera.scale, viewport.width),
    y: bound(camera.y, image.height * camera.scale, viewport.height),
  };
}

export function pan(camera: Camera, dx: number, dy: number, image: Size, viewport: Size): Camera {
  return keepInView({ scale: camera.scale, x: camera.x + dx, y: camera.y + dy }, image, viewport);
}

export function toScreen(camera: Camera, point: { x: number; y: number }): { x: number; y: number } {
  return { x: point.x * camera.scale + camera.x, y: point.y * camera.scale + camera.y };
}

export function toImage(camera: Camera, point: { x: number; y: number }): { x: number; y: number } {
  return { x: (point.x - camera.x) / camera.scale, y: (point.y - camera.y) / camera.scale };
}

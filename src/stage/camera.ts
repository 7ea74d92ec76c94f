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

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Above this scale single pixels are shown crisp instead of blended. */
export const CRISP_ABOVE = 3;
/** Largest magnification: screen pixels per image pixel. */
export const MAX_SCALE = 32;
/** How far beyond the whole image one can zoom out. */
const LEAST_OF_FIT = 0.5;

/** The camera that shows `box` centred and whole in `viewport`, `padding` CSS pixels free on each side. */
export function fitBox(box: Box, viewport: Size, padding = 24): Camera {
  const width = Math.max(1e-6, box[2] - box[0]);
  const height = Math.max(1e-6, box[3] - box[1]);
  const room = { width: Math.max(1, viewport.width - 2 * padding), height: Math.max(1, viewport.height - 2 * padding) };
  const scale = Math.min(room.width / width, room.height / height, MAX_SCALE);
  return centredOn({ x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 }, scale, viewport);
}

export function fitImage(image: Size, viewport: Size): Camera {
  return fitBox([0, 0, image.width, image.height], viewport);
}

/** The camera with an image point in the middle of the viewport. */
export function centredOn(point: Point, scale: number, viewport: Size): Camera {
  return { scale, x: viewport.width / 2 - point.x * scale, y: viewport.height / 2 - point.y * scale };
}

/** Multiplies the scale by `factor`, keeping the image point under `pointer` (screen) where it is. */
export function zoomAt(camera: Camera, pointer: Point, factor: number, image: Size, viewport: Size): Camera {
  const least = Math.min(fitImage(image, viewport).scale, 1) * LEAST_OF_FIT;
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

/** The same middle of the view in a viewport of another size. */
export function resized(camera: Camera, from: Size, to: Size): Camera {
  return {
    scale: camera.scale,
    x: camera.x + (to.width - from.width) / 2,
    y: camera.y + (to.height - from.height) / 2,
  };
}

/** On the way between two cameras: the scale changes by equal factors, around the point that stays put. */
export function cameraBetween(from: Camera, to: Camera, progress: number): Camera {
  const scale = from.scale * (to.scale / from.scale) ** progress;
  const moved = Math.abs(to.scale - from.scale) < 1e-9 ? progress : (scale - from.scale) / (to.scale - from.scale);
  return { scale, x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved };
}

/** What of the image is in the viewport; empty (x2 <= x1) when nothing is. */
export function visibleBox(camera: Camera, image: Size, viewport: Size): Box {
  const from = toImage(camera, { x: 0, y: 0 });
  const to = toImage(camera, { x: viewport.width, y: viewport.height });
  return [Math.max(0, from.x), Math.max(0, from.y), Math.min(image.width, to.x), Math.min(image.height, to.y)];
}

export function toScreen(camera: Camera, point: Point): Point {
  return { x: point.x * camera.scale + camera.x, y: point.y * camera.scale + camera.y };
}

export function toImage(camera: Camera, point: Point): Point {
  return { x: (point.x - camera.x) / camera.scale, y: (point.y - camera.y) / camera.scale };
}

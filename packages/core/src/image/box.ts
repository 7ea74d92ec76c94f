/**
 * Boxes and the one conversion between the agent's normalised floats and image pixels.
 * Canonical frame: integer-origin pixels of the upright original, half-open `[x1, y1, x2, y2]` (design §4).
 */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function boxArea(box: Box): number {
  return Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
}

/** Intersection over union of two half-open boxes; 0 when either is empty. */
export function boxIou(a: Box, b: Box): number {
  const overlap = boxArea([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const union = boxArea(a) + boxArea(b) - overlap;
  return union > 0 ? overlap / union : 0;
}

/** Normalised `[0, 1]` box of an image of `size` to integer pixels: floor of the near edge, ceil of the far one. */
export function boxToPixels(normalised: Box, size: Size): Box {
  return [
    Math.floor(normalised[0] * size.width),
    Math.floor(normalised[1] * size.height),
    Math.ceil(normalised[2] * size.width),
    Math.ceil(normalised[3] * size.height),
  ];
}

export function boxToNormalised(box: Box, size: Size): Box {
  return [box[0] / size.width, box[1] / size.height, box[2] / size.width, box[3] / size.height];
}

/** Moves a box given in the pixels of a crop into the frame that the crop was cut from. */
export function boxFromCrop(box: Box, crop: Box): Box {
  return [box[0] + crop[0], box[1] + crop[1], box[2] + crop[0], box[3] + crop[1]];
}

export function clampBox(box: Box, size: Size): { box: Box; clamped: boolean } {
  const x1 = Math.min(Math.max(box[0], 0), size.width);
  const y1 = Math.min(Math.max(box[1], 0), size.height);
  const x2 = Math.min(Math.max(box[2], 0), size.width);
  const y2 = Math.min(Math.max(box[3], 0), size.height);
  return { box: [x1, y1, x2, y2], clamped: x1 !== box[0] || y1 !== box[1] || x2 !== box[2] || y2 !== box[3] };
}

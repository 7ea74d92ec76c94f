/**
 * Where part and exemplar lie on the stage while comparing. One camera serves both: side by side the exemplar is the
 * same view moved to the right half, so the linked views cannot drift apart. Pure.
 */
import type { Size } from '@agentiad/core/image/box.ts';
import { angleOf, scaleOf, type Similarity } from '@agentiad/core/image/registration/similarity.ts';
import type { Camera } from './camera.ts';
import type { CompareInput } from './compareTypes.ts';

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface CompareLayout {
  /** Room of the part's view: what the camera frames and gestures are bounded by. */
  readonly viewport: Size;
  /** Where the part's pixels may be drawn, and the exemplar's; null: not at all. Screen pixels. */
  readonly partClip: Rect;
  readonly exemplarClip: Rect | null;
  /** Added to the camera's x for the exemplar and its marks. */
  readonly offsetX: number;
  /** Where a line parts the two, or null. */
  readonly dividerX: number | null;
}

export function compareLayout(stage: Size, compare: CompareInput | null): CompareLayout {
  const whole: Rect = { x: 0, y: 0, ...stage };
  const alone = { viewport: stage, partClip: whole, exemplarClip: null, offsetX: 0, dividerX: null };
  if (!compare) return alone;
  const { width, height } = stage;
  switch (compare.view) {
    case 'side': {
      const split = width * (1 - 0.5 * compare.amount);
      const part = { x: 0, y: 0, width: split, height };
      const exemplarClip = { x: split, y: 0, width: width - split, height };
      return { viewport: { width: split, height }, partClip: part, exemplarClip, offsetX: split, dividerX: split };
    }
    case 'curtain': {
      const split = width * compare.divider;
      const exemplarClip = { x: split, y: 0, width: width - split, height };
      return { ...alone, partClip: { ...whole, width: split }, exemplarClip, dividerX: split };
    }
    case 'blink':
      return { ...alone, partClip: { ...whole, width: 0 }, exemplarClip: whole };
    case 'difference':
      return alone;
  }
}

export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** Degrees, clockwise. */
  readonly rotation: number;
}

/** How the exemplar's own pixels get to the screen. */
export function placeExemplar(camera: Camera, transform: Similarity, offsetX: number): Placement {
  return {
    x: transform.x * camera.scale + camera.x + offsetX,
    y: transform.y * camera.scale + camera.y,
    scale: scaleOf(transform) * camera.scale,
    rotation: angleOf(transform),
  };
}

/** A pointer over either view, as if it were over the part's. */
export function toPartView({ offsetX, dividerX }: CompareLayout, pointer: { x: number; y: number }) {
  return dividerX !== null && offsetX > 0 && pointer.x > dividerX ? { x: pointer.x - offsetX, y: pointer.y } : pointer;
}

/** What the drawing of a comparison depends on, in values that can be compared one by one. */
export function compareKey(compare: CompareInput | null): readonly unknown[] {
  if (!compare) return [];
  const { transform, size, difference, ...rest } = compare;
  return [
    ...Object.values(rest),
    ...Object.values(transform),
    ...Object.values(size),
    difference?.canvas,
    difference?.opacity,
  ];
}

/**
 * Similarity transforms of the plane: rotation, uniform scale and shift. Points are continuous pixel coordinates (an
 * image of width w spans 0..w; the centre of its first pixel is 0.5).
 */
import type { Size } from '../box.ts';

/** (x, y) -> (a x - b y + x0, b x + a y + y0). */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function mapPoint({ a, b, x, y }: Similarity, point: Point): Point {
  return { x: a * point.x - b * point.y + x, y: b * point.x + a * point.y + y };
}

/** Multiplies coordinates by `factor`. */
export function scaling(factor: number): Similarity {
  return { a: factor, b: 0, x: 0, y: 0 };
}

/** First `inner`, then `outer`. */
export function compose(outer: Similarity, inner: Similarity): Similarity {
  const { x, y } = mapPoint(outer, inner);
  return { a: outer.a * inner.a - outer.b * inner.b, b: outer.b * inner.a + outer.a * inner.b, x, y };
}

export function invert({ a, b, x, y }: Similarity): Similarity {
  const square = a * a + b * b;
  const [ia, ib] = [a / square, -b / square];
  return { a: ia, b: ib, x: -(ia * x - ib * y), y: -(ib * x + ia * y) };
}

export function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b);
}

/** Degrees, positive turns x towards y: clockwise on the screen. */
export function angleOf({ a, b }: Similarity): number {
  return (Math.atan2(b, a) * 180) / Math.PI;
}

/** Turns by `degrees` and scales around the centre of `from`, which goes to the centre of `to`, moved by (dx, dy). */
export function aroundCentre(
  from: Size,
  to: Size,
  motion: { readonly degrees: number; readonly scale: number; readonly dx: number; readonly dy: number },
): Similarity {
  const radians = (motion.degrees * Math.PI) / 180;
  const a = motion.scale * Math.cos(radians);
  const b = motion.scale * Math.sin(radians);
  const [cx, cy] = [from.width / 2, from.height / 2];
  return { a, b, x: to.width / 2 + motion.dx - (a * cx - b * cy), y: to.height / 2 + motion.dy - (b * cx + a * cy) };
}

/** Lays `from` whole and centred into `to`. */
export function fitMapping(from: Size, to: Size): Similarity {
  const scale = Math.min(to.width / from.width, to.height / from.height);
  return aroundCentre(from, to, { degrees: 0, scale, dx: 0, dy: 0 });
}

/**
 * Shapes as signed distances in part units (negative inside). `bounds` limits which pixels are visited.
 * Formulas: the usual exact 2-D distance functions (circle, rounded box, capsule).
 */
export interface Shape {
  distance(x: number, y: number): number;
  readonly bounds: readonly [x1: number, y1: number, x2: number, y2: number];
}

export type Point = readonly [x: number, y: number];

const EVERYWHERE = 1e3;

export function everywhere(): Shape {
  return { distance: () => -EVERYWHERE, bounds: [-EVERYWHERE, -EVERYWHERE, EVERYWHERE, EVERYWHERE] };
}

export function circle(cx: number, cy: number, radius: number): Shape {
  return {
    distance: (x, y) => Math.hypot(x - cx, y - cy) - radius,
    bounds: [cx - radius, cy - radius, cx + radius, cy + radius],
  };
}

export function ring(cx: number, cy: number, radius: number, width: number): Shape {
  const outer = radius + width / 2;
  return {
    distance: (x, y) => Math.abs(Math.hypot(x - cx, y - cy) - radius) - width / 2,
    bounds: [cx - outer, cy - outer, cx + outer, cy + outer],
  };
}

/** Axis-aligned box with half sizes, rounded corners, optionally turned by `angle` (radians) about its centre. */
export function roundedBox(
  cx: number,
  cy: number,
  halfWidth: number,
  halfHeight: number,
  radius = 0,
  angle = 0,
): Shape {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const reach = angle === 0 ? null : Math.hypot(halfWidth, halfHeight);
  const bx = reach ?? halfWidth;
  const by = reach ?? halfHeight;
  return {
    distance: (px, py) => {
      const dx = px - cx;
      const dy = py - cy;
      const qx = Math.abs(cos * dx + sin * dy) - halfWidth + radius;
      const qy = Math.abs(cos * dy - sin * dx) - halfHeight + radius;
      const ox = qx > 0 ? qx : 0;
      const oy = qy > 0 ? qy : 0;
      return Math.sqrt(ox * ox + oy * oy) + Math.min(Math.max(qx, qy), 0) - radius;
    },
    bounds: [cx - bx, cy - by, cx + bx, cy + by],
  };
}

/** A line of round-ended segments with the given full width. */
export function polyline(points: readonly Point[], width: number): Shape {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const half = width / 2;
  return {
    distance: (x, y) => {
      let best = EVERYWHERE;
      for (let i = 1; i < points.length; i++) {
        const [ax, ay] = points[i - 1]!;
        const [bx, by] = points[i]!;
        const ex = bx - ax;
        const ey = by - ay;
        const t = Math.min(Math.max(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey || 1e-9), 0), 1);
        const dx = x - ax - t * ex;
        const dy = y - ay - t * ey;
        const d = dx * dx + dy * dy;
        if (d < best) best = d;
      }
      return Math.sqrt(best) - half;
    },
    bounds: [Math.min(...xs) - half, Math.min(...ys) - half, Math.max(...xs) + half, Math.max(...ys) + half],
  };
}

export function subtract(shape: Shape, hole: Shape): Shape {
  return { distance: (x, y) => Math.max(shape.distance(x, y), -hole.distance(x, y)), bounds: shape.bounds };
}

export function intersect(a: Shape, b: Shape): Shape {
  return {
    distance: (x, y) => Math.max(a.distance(x, y), b.distance(x, y)),
    bounds: [
      Math.max(a.bounds[0], b.bounds[0]),
      Math.max(a.bounds[1], b.bounds[1]),
      Math.min(a.bounds[2], b.bounds[2]),
      Math.min(a.bounds[3], b.bounds[3]),
    ],
  };
}

export function union(...shapes: readonly Shape[]): Shape {
  return {
    distance: (x, y) => {
      let best = EVERYWHERE;
      for (const shape of shapes) best = Math.min(best, shape.distance(x, y));
      return best;
    },
    bounds: [
      Math.min(...shapes.map((s) => s.bounds[0])),
      Math.min(...shapes.map((s) => s.bounds[1])),
      Math.max(...shapes.map((s) => s.bounds[2])),
      Math.max(...shapes.map((s) => s.bounds[3])),
    ],
  };
}

/** Positive offset grows the shape, negative shrinks it. */
export function offset(shape: Shape, by: number): Shape {
  const [x1, y1, x2, y2] = shape.bounds;
  return { distance: (x, y) => shape.distance(x, y) - by, bounds: [x1 - by, y1 - by, x2 + by, y2 + by] };
}

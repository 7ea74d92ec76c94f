/**
 * The part before it is lit: per pixel albedo (linear RGB), height, gloss and metalness. Families paint shapes into it
 * in part units (a part spans about -1..1); `pose` maps pixels to part units. `shade.ts` turns it into light.
 */
import type { Shape } from './shapes.ts';

export type Rgb = readonly [r: number, g: number, b: number];
/** Writes a linear RGB colour for a point in part units. */
export type Paint = (x: number, y: number, out: Float32Array) => void;

/** Similarity between part units and pixels. `scale` = pixels per part unit; angle in radians. */
export interface Pose {
  readonly centreX: number;
  readonly centreY: number;
  readonly scale: number;
  readonly angle: number;
}

export interface Surface {
  readonly size: number;
  readonly pose: Pose;
  /** Multiplies the opacity of everything painted; used for faded prints. */
  readonly opacity: number;
  readonly albedo: Float32Array;
  /** Part units above the table. */
  readonly height: Float32Array;
  readonly gloss: Float32Array;
  readonly metal: Float32Array;
}

export interface Style {
  readonly color?: Rgb | Paint;
  readonly opacity?: number | ((depth: number, x: number, y: number) => number);
  /** Sets the height; `depth` is the distance to the shape's edge, >= 0 inside. */
  readonly height?: (depth: number, x: number, y: number) => number;
  /** Adds to the height below. */
  readonly relief?: (depth: number, x: number, y: number) => number;
  readonly gloss?: number;
  readonly metal?: number;
}

export function createSurface(size: number, pose: Pose): Surface {
  const n = size * size;
  return {
    size,
    pose,
    opacity: 1,
    albedo: new Float32Array(3 * n),
    height: new Float32Array(n),
    gloss: new Float32Array(n),
    metal: new Float32Array(n),
  };
}

export function copySurface(surface: Surface): Surface {
  return {
    ...surface,
    albedo: surface.albedo.slice(),
    height: surface.height.slice(),
    gloss: surface.gloss.slice(),
    metal: surface.metal.slice(),
  };
}

/** The same pixels seen through a part frame moved by (dx, dy) part units and turned by `angle` about (px, py). */
export function moveFrame(surface: Surface, dx: number, dy: number, angle = 0, px = 0, py = 0): Surface {
  const { pose } = surface;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const ox = px + dx - (cos * px - sin * py);
  const oy = py + dy - (sin * px + cos * py);
  const c = Math.cos(pose.angle) * pose.scale;
  const s = Math.sin(pose.angle) * pose.scale;
  return {
    ...surface,
    pose: {
      ...pose,
      angle: pose.angle + angle,
      centreX: pose.centreX + c * ox - s * oy,
      centreY: pose.centreY + s * ox + c * oy,
    },
  };
}

/** Paints `shape` with antialiased edges. */
export function fill(surface: Surface, shape: Shape, style: Style): void {
  const { size, pose } = surface;
  const cos = Math.cos(pose.angle);
  const sin = Math.sin(pose.angle);
  const [x1, y1, x2, y2] = pixelBounds(surface, shape.bounds);
  const color = style.color;
  const paint = typeof color === 'function' ? color : null;
  const out = new Float32Array(3);
  if (color !== undefined && typeof color !== 'function') out.set(color);
  const opacity = style.opacity ?? 1;
  const inverse = 1 / pose.scale;
  for (let py = y1; py < y2; py++) {
    for (let px = x1; px < x2; px++) {
      const ix = (px + 0.5 - pose.centreX) * inverse;
      const iy = (py + 0.5 - pose.centreY) * inverse;
      const x = cos * ix + sin * iy;
      const y = cos * iy - sin * ix;
      const d = shape.distance(x, y);
      const edge = 0.5 - d * pose.scale;
      if (edge <= 0) continue;
      const depth = d < 0 ? -d : 0;
      const strength = typeof opacity === 'function' ? opacity(depth, x, y) : opacity;
      const coverage = (edge < 1 ? edge : 1) * strength * surface.opacity;
      if (coverage <= 0) continue;
      const i = py * size + px;
      if (color !== undefined) {
        if (paint !== null) paint(x, y, out);
        for (let c = 0; c < 3; c++) {
          const old = surface.albedo[3 * i + c]!;
          surface.albedo[3 * i + c] = old + (out[c]! - old) * coverage;
        }
      }
      const h = surface.height[i]!;
      if (style.height !== undefined) surface.height[i] = h + (style.height(depth, x, y) - h) * coverage;
      else if (style.relief !== undefined) surface.height[i] = h + style.relief(depth, x, y) * coverage;
      if (style.gloss !== undefined) surface.gloss[i]! += (style.gloss - surface.gloss[i]!) * coverage;
      if (style.metal !== undefined) surface.metal[i]! += (style.metal - surface.metal[i]!) * coverage;
    }
  }
}

function pixelBounds(surface: Surface, bounds: Shape['bounds']): [number, number, number, number] {
  const { pose, size } = surface;
  const c = Math.cos(pose.angle) * pose.scale;
  const s = Math.sin(pose.angle) * pose.scale;
  const cx = (bounds[0] + bounds[2]) / 2;
  const cy = (bounds[1] + bounds[3]) / 2;
  const hx = (bounds[2] - bounds[0]) / 2;
  const hy = (bounds[3] - bounds[1]) / 2;
  const mx = pose.centreX + c * cx - s * cy;
  const my = pose.centreY + s * cx + c * cy;
  const rx = Math.abs(c) * hx + Math.abs(s) * hy + 1;
  const ry = Math.abs(s) * hx + Math.abs(c) * hy + 1;
  const limit = (v: number) => Math.min(Math.max(v, 0), size);
  return [limit(Math.floor(mx - rx)), limit(Math.floor(my - ry)), limit(Math.ceil(mx + rx)), limit(Math.ceil(my + ry))];
}

/** `#rrggbb` (sRGB) to linear RGB. */
export function rgb(hex: string): Rgb {
  const channel = (at: number) => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** A constant colour times a scalar field: the usual way to texture a material. */
export function tinted(color: Rgb, value: (x: number, y: number) => number): Paint {
  const [r, g, b] = color;
  return (x, y, out) => {
    const v = value(x, y);
    out[0] = r * v;
    out[1] = g * v;
    out[2] = b * v;
  };
}

export function mixRgb(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

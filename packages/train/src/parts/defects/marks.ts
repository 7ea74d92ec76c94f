/** Marks on a surface: scratch, dent, stain, crack. Each returns one layer to paint on top of a scene. */
import type { Random } from '@agentiad/core/support/random.ts';
import { fbm, mix, smoothstep } from '../noise.ts';
import type { Point, Shape } from '../shapes.ts';
import { polyline, union } from '../shapes.ts';
import { fill, mixRgb, rgb, tinted } from '../surface.ts';
import type { Layer, Scene } from '../types.ts';

/** A point inside `shape` at least `margin` from its edge; the margin shrinks when nothing fits. */
export function pickPoint(shape: Shape, random: Random, margin: number): Point {
  const [x1, y1, x2, y2] = shape.bounds.map((v) => Math.min(Math.max(v, -0.95), 0.95)) as [
    number,
    number,
    number,
    number,
  ];
  for (let attempt = 0; ; attempt++) {
    const x = mix(x1, x2, random.next());
    const y = mix(y1, y2, random.next());
    if (shape.distance(x, y) < -margin * Math.max(0, 1 - attempt / 60)) return [x, y];
    if (attempt > 400) throw new Error('Internal error: a scene has no room on its body for a defect.');
  }
}

/** A gently bent path of `length` through `start`, cut where it would leave the body. */
function walk(scene: Scene, random: Random, start: Point, length: number, bend: number): Point[] {
  const points: Point[] = [start];
  let angle = random.next() * 2 * Math.PI;
  const steps = 8;
  let [x, y] = start;
  for (let k = 0; k < steps; k++) {
    angle += (random.next() - 0.5) * bend;
    x += (Math.cos(angle) * length) / steps;
    y += (Math.sin(angle) * length) / steps;
    if (scene.body.distance(x, y) > -0.01) break;
    points.push([x, y]);
  }
  if (points.length === 1) points.push([start[0] + 0.02, start[1] + 0.02]);
  return points;
}

export function scratch(scene: Scene, random: Random, severity: number): Layer {
  const start = pickPoint(scene.body, random, 0.08);
  const path = walk(scene, random, start, mix(0.16, 0.8, severity), 0.35);
  const width = mix(0.012, 0.03, severity);
  const depth = mix(0.006, 0.018, severity);
  const seed = random.integer(0, 1e9);
  const groove = polyline(path, width);
  const burr = polyline(path, width * 2.2);
  const color = rgb(scene.exposed);
  return {
    paint: (surface) => {
      fill(surface, burr, { relief: (d) => Math.min(d, width * 0.6) * depth * 25 });
      fill(surface, groove, {
        color: tinted(color, (x, y) => 0.75 + 0.5 * fbm(x * 30, y * 30, 2, seed)),
        opacity: (_, x, y) =>
          mix(0.55, 0.95, severity) * smoothstep(0.2, 0.5, fbm(x * 9, y * 9, 2, seed) + 0.25 * severity),
        relief: (d) => -Math.min(d, width / 2) * depth * 70,
      });
    },
  };
}

export function dent(scene: Scene, random: Random, severity: number): Layer {
  const radius = mix(0.035, 0.13, severity);
  const [cx, cy] = pickPoint(scene.body, random, radius);
  const stretch = 0.75 + 0.5 * random.next();
  const depth = radius * mix(0.4, 0.7, severity);
  const seed = random.integer(0, 1e9);
  const blob = wobble(cx, cy, radius, stretch, seed, 0.35);
  return {
    paint: (surface) =>
      fill(surface, blob, {
        color: [0.01, 0.01, 0.012],
        opacity: (d) => mix(0.22, 0.38, severity) * smoothstep(0, radius * 0.5, d),
        relief: (d) => {
          const t = Math.min(d / radius, 1);
          return -depth * t * t * (3 - 2 * t) + depth * 0.25 * Math.exp(-((t / 0.12) ** 2));
        },
      }),
  };
}

export function stain(scene: Scene, random: Random, severity: number): Layer {
  const radius = mix(0.05, 0.22, severity);
  const [cx, cy] = pickPoint(scene.body, random, radius * 0.8);
  const seed = random.integer(0, 1e9);
  const blob = clipTo(scene.body, wobble(cx, cy, radius, 0.8 + 0.4 * random.next(), seed, 0.7));
  const color = rgb(scene.stainColor);
  const strength = mix(0.3, 0.72, severity);
  return {
    paint: (surface) =>
      fill(surface, blob, {
        color,
        opacity: (d, x, y) => {
          const rim = 0.5 * Math.exp(-((d / (radius * 0.14)) ** 2));
          const fade = smoothstep(0, radius * 0.08, d);
          return Math.min(0.92, strength * fade * (0.55 + rim + 0.7 * (fbm(x * 8, y * 8, 3, seed) - 0.3)));
        },
      }),
  };
}

export function crack(scene: Scene, random: Random, severity: number): Layer {
  const start = pickPoint(scene.body, random, 0.05);
  const width = mix(0.011, 0.024, severity);
  const main = walk(scene, random, start, mix(0.2, 0.9, severity), 1.5);
  const lines = [polyline(main, width)];
  for (let k = 0; k < Math.round(severity * 3); k++) {
    const from = main[random.integer(0, main.length - 1)]!;
    lines.push(polyline(walk(scene, random, from, mix(0.08, 0.28, severity), 1.2), width * 0.7));
  }
  const line = union(...lines);
  const dark = mixRgb(rgb(scene.exposed), [0.01, 0.01, 0.012], 0.9);
  const seed = random.integer(0, 1e9);
  const jagged: Shape = {
    distance: (x, y) =>
      line.distance(
        x + 0.03 * (fbm(x * 14, y * 14, 2, seed) - 0.5),
        y + 0.03 * (fbm(x * 14, y * 14, 2, seed + 5) - 0.5),
      ),
    bounds: line.bounds,
  };
  return {
    paint: (surface) =>
      fill(surface, jagged, { color: dark, opacity: 0.9, gloss: 0.02, relief: (d) => -Math.min(d * 1.5, 0.02) }),
  };
}

/** An uneven blob: its radius varies with the angle by noise; `stretch` widens it along x, `roughness` 0 is an ellipse. */
export function wobble(cx: number, cy: number, radius: number, stretch: number, seed: number, roughness = 1): Shape {
  const reachX = radius * 1.5 * stretch;
  const reachY = (radius * 1.5) / stretch;
  return {
    distance: (x, y) => {
      const dx = (x - cx) / stretch;
      const dy = (y - cy) * stretch;
      const r = Math.sqrt(dx * dx + dy * dy) || 1e-9;
      const ragged = fbm((1.7 * dx) / r + 9, (1.7 * dy) / r + 5, 4, seed) - 0.5;
      return r - radius * Math.min(1.45, Math.max(0.4, 0.92 + 1.7 * roughness * ragged));
    },
    bounds: [cx - reachX, cy - reachY, cx + reachX, cy + reachY],
  };
}

function clipTo(body: Shape, shape: Shape): Shape {
  return { distance: (x, y) => Math.max(body.distance(x, y), shape.distance(x, y)), bounds: shape.bounds };
}

/** A crown cap (held out): fluted skirt, lacquered dome, a star emblem drawn in polar form. */
import type { Random } from '@agentiad/core/support/random.ts';
import { mix, smoothstep } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, everywhere, offset, ring } from '../shapes.ts';
import { fill, rgb } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const LACQUERS = ['#a8262c', '#1c5d99', '#d8a21b', '#20603d', '#e8e4da', '#26282c'] as const;
const CLOTHS = ['#d3d0ca', '#a9b2b8', '#bfae98'] as const;

/** Radius as a function of the angle, as a shape; `slope` keeps the distance roughly Euclidean. */
function polar(radiusAt: (angle: number) => number, reach: number, slope: number): Shape {
  return {
    distance: (x, y) => (Math.hypot(x, y) - radiusAt(Math.atan2(y, x))) * slope,
    bounds: [-reach, -reach, reach, reach],
  };
}

function createCategory(random: Random): Category {
  const at = random.integer(0, LACQUERS.length - 1);
  const lacquer = rgb(LACQUERS[at]!);
  const ink = rgb(at === 2 || at === 4 ? '#5a1f1f' : '#f3ead2');
  const cloth = rgb(CLOTHS[random.integer(0, CLOTHS.length - 1)]!);
  const flutes = 21;
  const points = random.integer(5, 8);
  const depth = mix(0.1, 0.16, random.next());
  const ringRadius = mix(0.52, 0.58, random.next());
  const wave = (angle: number) => Math.cos(flutes * angle);
  const skirt = polar((a) => 0.9 + 0.032 * wave(a), 0.95, 0.8);
  const star = polar((a) => 0.27 + depth * Math.cos(points * (a + Math.PI / 2)), 0.45, 0.6);
  const crown = circle(0, 0, 0.7);
  return {
    buildPart: (part) => {
      const tone = 0.93 + 0.14 * part.next();
      const slantX = part.next() * 9;
      const wovenCloth: Layer = {
        paint: (surface) =>
          fill(surface, everywhere(), {
            color: (x, y, out) => {
              const v =
                tone *
                (0.95 + 0.025 * Math.sin(61 * x + slantX) + 0.025 * Math.sin(57 * y + 3 * Math.sin(5 * x + slantX)));
              for (let c = 0; c < 3; c++) out[c] = cloth[c]! * v;
            },
            height: () => 0,
            gloss: 0.02,
          }),
      };
      const shell: Layer = {
        paint: (surface) =>
          fill(surface, skirt, {
            color: lacquer,
            height: (d, x, y) => {
              const r = Math.hypot(x, y);
              const shoulder = 0.22 - 0.19 * smoothstep(0.62, 0.95, r) ** 1.3;
              const flute = 0.028 * smoothstep(0.7, 0.86, r) * wave(Math.atan2(y, x));
              return shoulder + flute - 0.03 * (1 - smoothstep(0, 0.03, d)) + 0.03 * (1 - r * r);
            },
            gloss: 0.75,
            metal: 0.12,
          }),
      };
      const band: Layer = {
        removable: true,
        print: { centre: [0, 0], reach: 0.6 },
        paint: (surface) => {
          fill(surface, ring(0, 0, ringRadius, 0.035), { color: ink });
          fill(surface, ring(0, 0, ringRadius - 0.055, 0.014), { color: ink });
        },
      };
      const emblem: Layer = {
        removable: true,
        print: { centre: [0, 0], reach: 0.4 },
        paint: (surface) => {
          fill(surface, star, { color: ink, relief: (d) => Math.min(d, 0.02) * 0.5 });
          fill(surface, circle(0, 0, 0.1), { color: lacquer });
        },
      };
      const behind = (clip: Shape): Layer => ({
        paint: (surface) =>
          fill(surface, clip, {
            color: (x, y, out) => {
              const v =
                tone *
                (0.95 + 0.025 * Math.sin(61 * x + slantX) + 0.025 * Math.sin(57 * y + 3 * Math.sin(5 * x + slantX)));
              for (let c = 0; c < 3; c++) out[c] = cloth[c]! * v;
            },
            height: () => 0,
            gloss: 0.02,
            metal: 0,
          }),
      });
      return {
        layers: [wovenCloth, shell, band, emblem],
        body: offset(crown, -0.02),
        outline: { shape: skirt, fracture: '#b9bcc0', paintBehind: behind },
        exposed: '#d4d7da',
        stainColor: '#5a4326',
      };
    },
  };
}

export const bottleCap: Family = {
  name: 'bottleCap',
  title: 'Crown cap',
  kind: 'object',
  types: ['dent', 'scratch', 'stain', 'misprint', 'missing_part', 'chip'],
  createCategory,
};

/** A machined spur gear: separate teeth on a rim, hub with keyway, lightening holes, facing marks. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { fbm, mix, smoothstep, valueNoise } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, offset, roundedBox, subtract, union } from '../shapes.ts';
import { fill, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';
import { wobble } from '../defects/marks.ts';

const METALS = ['#c2c5c8', '#d0a95c', '#a9adb3', '#b3aa9c'] as const;
const ROOT = 0.78;
const TIP = 0.95;

/** One tapered tooth pointing along `angle`. */
function tooth(angle: number, halfWidth: number): Shape {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const middle = (ROOT + TIP) / 2;
  return {
    distance: (x, y) => {
      const along = cos * x + sin * y;
      const across = Math.abs(cos * y - sin * x);
      const half = halfWidth * (1.2 - 0.6 * smoothstep(ROOT - 0.02, TIP, along));
      return Math.max(across - half, along - TIP, ROOT - 0.06 - along);
    },
    bounds: [middle * cos - 0.2, middle * sin - 0.2, middle * cos + 0.2, middle * sin + 0.2],
  };
}

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const color = rgb(METALS[random.integer(0, METALS.length - 1)]!);
  const teeth = random.integer(16, 26);
  const halfWidth = ((Math.PI * ROOT) / teeth) * 0.52;
  const bore = mix(0.14, 0.2, random.next());
  const hub = bore + mix(0.1, 0.14, random.next());
  const webHoles = random.integer(0, 1) === 0 ? 0 : random.integer(4, 6);
  const shapes = Array.from({ length: teeth }, (_, k) => tooth((2 * Math.PI * k) / teeth, halfWidth));
  const rim = circle(0, 0, ROOT);
  const boreShape = union(circle(0, 0, bore), roundedBox(0, -bore, 0.05, 0.06));
  const lightening = Array.from({ length: webHoles }, (_, k) => {
    const angle = (2 * Math.PI * (k + 0.5)) / webHoles;
    return circle(0.45 * Math.cos(angle), 0.45 * Math.sin(angle), 0.09);
  });
  const silhouette = union(rim, ...shapes);
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const metal = {
        color: tinted(color, (x, y) => {
          const r = Math.hypot(x, y);
          return (
            0.86 + 0.16 * valueNoise(r * 70, Math.atan2(y, x) * 2, seed) + 0.2 * (fbm(x * 5, y * 5, 3, seed) - 0.5)
          );
        }),
        height: (d: number) => 0.12 - 0.04 * (1 - smoothstep(0, 0.045, d)),
        gloss: 0.45,
        metal: 0.55,
      };
      const blank: Layer = {
        paint: (surface) => {
          fill(surface, rim, { ...metal, height: () => 0.12 });
          fill(surface, circle(0, 0, ROOT - 0.1), { relief: (d) => -0.045 * smoothstep(0, 0.04, d) });
          fill(surface, circle(0, 0, hub), { relief: (d) => 0.06 * smoothstep(0, 0.03, d) });
        },
      };
      const openings = [boreShape, ...lightening];
      const bores: Layer = {
        paint: (surface) => {
          for (const opening of openings) {
            fill(surface, offset(opening, 0.02), { relief: (d) => -Math.min(d, 0.02) });
            table.behind(opening).paint(surface);
          }
        },
      };
      return {
        layers: [
          table.layer,
          ...shapes.map((shape): Layer => ({ removable: true, paint: (surface) => fill(surface, shape, metal) })),
          blank,
          bores,
        ],
        body: subtract(circle(0, 0, ROOT - 0.02), offset(union(...openings), 0.02)),
        outline: { shape: silhouette, fracture: '#6d6a66', paintBehind: table.behind },
        extra: (r, severity) => {
          const angle = r.next() * 2 * Math.PI;
          const radius = mix(0.045, 0.1, severity);
          const [cx, cy] = [0.86 * Math.cos(angle), 0.86 * Math.sin(angle)];
          const burr = wobble(cx, cy, radius, 1.2, r.integer(0, 1e9), 0.7);
          return {
            paint: (surface) => fill(surface, burr, { ...metal, height: (d) => 0.13 + Math.min(d, 0.05) }),
          };
        },
        exposed: '#e2e2e0',
        stainColor: '#5a2f12',
      };
    },
  };
}

export const spurGear: Family = {
  name: 'spurGear',
  title: 'Spur gear',
  kind: 'object',
  types: ['missing_part', 'chip', 'dent', 'scratch', 'extra_material', 'stain'],
  createCategory,
};

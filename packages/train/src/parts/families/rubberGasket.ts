/** A moulded rubber gasket: lobed flange with bolt holes around one or two ports, a raised sealing bead. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable } from '../background.ts';
import { fbm, mix, smoothstep } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, offset, roundedBox, subtract, union } from '../shapes.ts';
import { fill, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';
import { wobble } from '../defects/marks.ts';

const RUBBERS = ['#2b2c2e', '#3a2622', '#7a2f24', '#2a3a4a'] as const;
const TABLES = ['#cfd1d2', '#d8d4cb', '#bfc6c9'] as const;

function createCategory(random: Random): Category {
  const mat = TABLES[random.integer(0, TABLES.length - 1)]!;
  const rubber = rgb(RUBBERS[random.integer(0, RUBBERS.length - 1)]!);
  const halfWidth = mix(0.72, 0.8, random.next());
  const halfHeight = mix(0.5, 0.62, random.next());
  const corners = [-1, 1].flatMap((sx) =>
    [-1, 1].map((sy) => [sx * (halfWidth - 0.02), sy * (halfHeight - 0.02)] as const),
  );
  const frame = roundedBox(0, 0, halfWidth, halfHeight, 0.2);
  const body = union(frame, ...corners.map(([x, y]) => circle(x, y, 0.17)));
  const ports: Shape[] =
    random.next() < 0.5
      ? [roundedBox(0, 0, halfWidth - 0.26, halfHeight - 0.24, 0.16)]
      : [-1, 1].map((s) => circle(s * halfWidth * 0.45, 0, Math.min(halfHeight - 0.2, halfWidth * 0.36)));
  const bolts = corners.map(([x, y]) => circle(x, y, 0.075));
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const flange: Layer = {
        paint: (surface) => {
          fill(surface, body, {
            color: tinted(
              rubber,
              (x, y) => 0.85 + 0.22 * fbm(x * 50, y * 50, 2, seed) + 0.25 * (fbm(x * 4, y * 4, 2, seed) - 0.5),
            ),
            height: (d) => 0.03 + 0.05 * Math.sqrt(smoothstep(0, 0.06, d)),
            gloss: 0.22,
            metal: 0,
          });
          for (const port of ports) {
            fill(surface, subtract(offset(port, 0.11), offset(port, 0.05)), {
              relief: (d) => 0.035 * Math.sqrt(Math.min(d / 0.03, 1)),
            });
          }
        },
      };
      const cut = (hole: Shape, isRemovable: boolean): Layer => ({
        removable: isRemovable,
        paint: (surface) => {
          fill(surface, offset(hole, 0.02), { relief: (d) => -Math.min(d, 0.02) });
          table.behind(hole).paint(surface);
        },
      });
      return {
        layers: [table.layer, flange, ...ports.map((p) => cut(p, false)), ...bolts.map((b) => cut(b, true))],
        body: subtract(offset(body, -0.02), offset(union(...ports, ...bolts), 0.02)),
        outline: { shape: body, fracture: '#55504c', paintBehind: table.behind },
        extra: (r, severity) => {
          const port = ports[r.integer(0, ports.length - 1)]!;
          const angle = r.next() * 2 * Math.PI;
          const cx0 = (port.bounds[0] + port.bounds[2]) / 2;
          const cy0 = (port.bounds[1] + port.bounds[3]) / 2;
          let reach = 0;
          while (port.distance(cx0 + reach * Math.cos(angle), cy0 + reach * Math.sin(angle)) < 0) reach += 0.005;
          const radius = mix(0.05, 0.13, severity);
          const [cx, cy] = [cx0 + reach * Math.cos(angle), cy0 + reach * Math.sin(angle)];
          const flash = wobble(cx, cy, radius, 0.8 + 0.4 * r.next(), r.integer(0, 1e9), 0.7);
          return {
            paint: (surface) =>
              fill(surface, flash, {
                color: rubber,
                height: (d) => 0.055 + Math.min(d, 0.03),
                gloss: 0.25,
                metal: 0,
              }),
          };
        },
        exposed: '#8d8a86',
        stainColor: '#b8ad97',
      };
    },
  };
}

export const rubberGasket: Family = {
  name: 'rubberGasket',
  title: 'Rubber gasket',
  kind: 'object',
  types: ['crack', 'chip', 'missing_part', 'extra_material', 'dent', 'stain'],
  createCategory,
};

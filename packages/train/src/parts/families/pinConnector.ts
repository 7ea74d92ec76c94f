/** A moulded connector: dark housing with a keyed shroud, two rows of plated pins, a printed part number. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { fbm, hash2, mix, smoothstep } from '../noise.ts';
import { offset, polyline, roundedBox, subtract, union } from '../shapes.ts';
import { drawText } from '../strokeFont.ts';
import { fill, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const HOUSINGS = ['#2c2f33', '#e6e1d3', '#2d4a6b', '#6d2e2e'] as const;
const PLATINGS = ['#d9b45c', '#cfd3d6'] as const;

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const housing = HOUSINGS[random.integer(0, HOUSINGS.length - 1)]!;
  const isLight = housing === '#e6e1d3';
  const plating = rgb(PLATINGS[random.integer(0, PLATINGS.length - 1)]!);
  const columns = random.integer(5, 8);
  const pitch = 1.36 / columns;
  const half = Math.min(pitch * 0.27, 0.062);
  const number = `J${random.integer(10, 99)}-${columns * 2}`;
  const block = roundedBox(0, 0, 0.93, 0.52, 0.06);
  const well = roundedBox(0, 0.06, 0.8, 0.33, 0.04);
  const ears = union(roundedBox(-0.86, 0.5, 0.07, 0.14, 0.03), roundedBox(0.86, 0.5, 0.07, 0.14, 0.03));
  const silhouette = union(block, ears);
  const keyX = mix(-0.4, 0.4, random.next());
  const centres = Array.from({ length: 2 * columns }, (_, k) => ({
    x: ((k % columns) - (columns - 1) / 2) * pitch,
    y: 0.06 + (k < columns ? -0.15 : 0.15),
  }));
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const plastic = tinted(rgb(housing), (x, y) => 0.9 + 0.2 * fbm(x * 45, y * 45, 2, seed));
      const body: Layer = {
        paint: (surface) => {
          fill(surface, silhouette, {
            color: plastic,
            height: (d) => 0.06 + 0.09 * smoothstep(0, 0.04, d),
            gloss: 0.3,
            metal: 0,
          });
          fill(surface, well, { relief: (d) => -0.09 * smoothstep(0, 0.03, d) });
          fill(surface, well, { color: rgb(isLight ? '#8d887c' : '#101214'), opacity: 0.4 });
          fill(surface, roundedBox(keyX, -0.3, 0.09, 0.06, 0.01), { relief: (d) => -0.06 * smoothstep(0, 0.02, d) });
        },
      };
      const pins = centres.map(({ x, y }, k): Layer => ({
        removable: true,
        paint: (surface) => {
          const jx = x + 0.008 * (hash2(k, 1, seed) - 0.5);
          const jy = y + 0.008 * (hash2(k, 2, seed) - 0.5);
          fill(surface, roundedBox(x, y, half * 1.5, half * 1.5, 0.01), {
            color: rgb('#0b0c0d'),
            opacity: 0.55,
            relief: (d) => -0.02 * smoothstep(0, 0.02, d),
          });
          fill(surface, roundedBox(jx, jy, half, half, half * 0.35), {
            color: tinted(plating, (px, py) => 0.85 + 0.25 * fbm(px * 20, py * 20, 2, seed)),
            height: (d) => 0.1 + Math.min(d, half) * 0.9,
            gloss: 0.6,
            metal: 0.8,
          });
        },
      }));
      const marking: Layer = {
        print: { centre: [-0.5, -0.43], reach: 0.4 },
        paint: (surface) => {
          const ink = { color: rgb(isLight ? '#2a2a2a' : '#e8e8e4'), gloss: 0.1 };
          drawText(surface, number, -0.78, -0.455, 0.09, 0.18, ink);
          fill(
            surface,
            polyline(
              [
                [0.74, -0.43],
                [0.8, -0.43],
              ],
              0.05,
            ),
            ink,
          );
        },
      };
      return {
        layers: [table.layer, body, ...pins, marking],
        body: subtract(offset(block, -0.04), offset(well, -0.005)),
        outline: { shape: silhouette, fracture: isLight ? '#f6f2e6' : '#777b80', paintBehind: table.behind },
        extra: (r, severity) => {
          const k = r.integer(0, 2 * columns - 1);
          const from = centres[k]!;
          const isAcross = r.next() < 0.5;
          const to = isAcross
            ? centres[(k + columns) % (2 * columns)]!
            : centres[k % columns === columns - 1 ? k - 1 : k + 1]!;
          const blob = polyline(
            [
              [from.x, from.y],
              [(from.x + to.x) / 2, (from.y + to.y) / 2 + 0.015],
              [to.x, to.y],
            ],
            mix(0.04, 0.11, severity),
          );
          return {
            paint: (surface) =>
              fill(surface, blob, {
                color: tinted(rgb('#c4c8cb'), (x, y) => 0.75 + 0.4 * fbm(x * 14, y * 14, 2, seed)),
                height: (d) => 0.12 + Math.min(d * 1.2, 0.06),
                gloss: 0.5,
                metal: 0.8,
              }),
          };
        },
        exposed: isLight ? '#8c8474' : '#a4a8ac',
        stainColor: isLight ? '#5a4a2c' : '#b9a98a',
      };
    },
  };
}

export const pinConnector: Family = {
  name: 'pinConnector',
  title: 'Pin connector',
  kind: 'assembly',
  types: ['missing_part', 'extra_material', 'crack', 'chip', 'scratch', 'misprint'],
  createCategory,
};

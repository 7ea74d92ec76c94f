/** A blister pack: printed foil, clear domes, tablets or two-coloured capsules. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { fbm, hash2, mix, smoothstep } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, offset, polyline, roundedBox, subtract, union } from '../shapes.ts';
import { drawText, textWidth } from '../strokeFont.ts';
import type { Rgb } from '../surface.ts';
import { fill, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';
import { pickPoint, wobble } from '../defects/marks.ts';

const PILLS = ['#f3efe6', '#f2c94c', '#e58a8a', '#8ec3e6', '#e9a15b'] as const;
const INKS = ['#27496d', '#8b2a35', '#2f5d46'] as const;

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const columns = random.integer(3, 4);
  const rows = random.integer(2, 3);
  const isCapsule = random.next() < 0.4;
  const main = rgb(PILLS[random.integer(0, PILLS.length - 1)]!);
  const cap = rgb(PILLS[random.integer(0, PILLS.length - 1)]!);
  const ink = rgb(INKS[random.integer(0, INKS.length - 1)]!);
  const lot = `LOT ${random.integer(1000, 9999)}`;
  const height = rows === 3 ? 0.82 : 0.62;
  const sheet = roundedBox(0, 0, 0.93, height, 0.09);
  const pitchX = 1.72 / columns;
  const pitchY = (2 * height - 0.24) / rows;
  const radius = Math.min(pitchX, pitchY) * 0.31;
  const centres = Array.from({ length: columns * rows }, (_, k) => ({
    x: ((k % columns) - (columns - 1) / 2) * pitchX,
    y: (Math.floor(k / columns) - (rows - 1) / 2) * pitchY - 0.06,
  }));
  const pillAt = (x: number, y: number): Shape =>
    isCapsule ? roundedBox(x, y, radius * 0.62, radius, radius * 0.62) : circle(x, y, radius * 0.86);
  const domes = centres.map(({ x, y }) =>
    isCapsule ? roundedBox(x, y, radius * 0.92, radius * 1.28, radius * 0.9) : circle(x, y, radius * 1.2),
  );
  const pills = union(...centres.map(({ x, y }) => pillAt(x, y)));
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const foil: Layer = {
        paint: (surface) =>
          fill(surface, sheet, {
            color: tinted(rgb('#cfd3d6'), (x, y) => {
              const knurl = Math.sin((x + y) * 95) * Math.sin((x - y) * 95);
              return 0.88 + 0.07 * knurl + 0.18 * (fbm(x * 3, y * 3, 3, seed) - 0.5);
            }),
            height: (d) => 0.03 + 0.02 * smoothstep(0, 0.03, d),
            gloss: 0.35,
            metal: 0.35,
          }),
      };
      const cavity = (dome: Shape): Layer => ({
        paint: (surface) => {
          fill(surface, offset(dome, 0.02), { relief: (d) => 0.05 * smoothstep(0, 0.05, d) });
          fill(surface, offset(dome, -0.035), {
            color: rgb('#b4babf'),
            opacity: 0.55,
            relief: (d) => -0.075 * smoothstep(0, 0.06, d),
            gloss: 0.6,
            metal: 0.15,
          });
        },
      });
      const pill = (x: number, y: number, k: number): Layer => {
        const jx = x + 0.012 * (hash2(k, 1, seed) - 0.5);
        const jy = y + 0.012 * (hash2(k, 2, seed) - 0.5);
        const turn = hash2(k, 3, seed) * Math.PI;
        const shape = pillAt(jx, jy);
        const color = (tone: Rgb) => tinted(tone, (px, py) => 0.97 + 0.08 * (fbm(px * 30, py * 30, 2, seed) - 0.5));
        return {
          removable: true,
          paint: (surface) => {
            const dome = (d: number) => {
              const t = Math.min(d / (radius * 0.62), 1);
              return 0.02 + 0.17 * Math.sqrt(t * (2 - t));
            };
            fill(surface, shape, { color: color(main), height: dome, gloss: isCapsule ? 0.7 : 0.22, metal: 0 });
            if (isCapsule) {
              const lower = {
                distance: (px: number, py: number) => Math.max(shape.distance(px, py), jy - py),
                bounds: shape.bounds,
              };
              fill(surface, lower, { color: color(cap) });
              fill(surface, lower, { relief: (d) => -Math.min(d, 0.012) * 0.6 });
            } else {
              const c = Math.cos(turn) * radius * 0.62;
              const s = Math.sin(turn) * radius * 0.62;
              fill(
                surface,
                polyline(
                  [
                    [jx - c, jy - s],
                    [jx + c, jy + s],
                  ],
                  0.028,
                ),
                { relief: (d) => -Math.min(d, 0.014) * 1.6 },
              );
            }
          },
        };
      };
      const print: Layer = {
        print: { centre: [0, height - 0.1], reach: 0.5 },
        paint: (surface) =>
          drawText(surface, lot, -textWidth(lot, 0.1) / 2, height - 0.16, 0.1, 0.18, { color: ink, opacity: 0.9 }),
      };
      const shine: Layer = {
        paint: (surface) => {
          for (const dome of domes) {
            const inner = subtract(offset(dome, -0.02), offset(dome, -0.034));
            const glint = { distance: (x: number, y: number) => inner.distance(x, y), bounds: dome.bounds };
            const cx = (dome.bounds[0] + dome.bounds[2]) / 2;
            const cy = (dome.bounds[1] + dome.bounds[3]) / 2;
            fill(surface, glint, {
              color: rgb('#ffffff'),
              opacity: (_, x, y) => 0.65 * smoothstep(0.35, 0.95, (cx - x + (cy - y)) / (1.3 * radius)),
            });
          }
        },
      };
      return {
        layers: [table.layer, foil, ...domes.map(cavity), ...centres.map(({ x, y }, k) => pill(x, y, k)), shine, print],
        body: offset(pills, -0.02),
        extra: (r, severity) => {
          const size = mix(0.03, 0.075, severity);
          const [x, y] = pickPoint(subtract(offset(sheet, -0.08), offset(pills, 0.05)), r, 0.02);
          const crumb = wobble(x, y, size, 0.7 + 0.6 * r.next(), r.integer(0, 1e9), 0.7);
          return {
            paint: (surface) =>
              fill(surface, crumb, { color: rgb('#4a3b2c'), relief: (d) => Math.min(d, 0.04), gloss: 0.05, metal: 0 }),
          };
        },
        exposed: '#8f8778',
        stainColor: '#6f5a2e',
      };
    },
  };
}

export const blisterPack: Family = {
  name: 'blisterPack',
  title: 'Blister pack',
  kind: 'assembly',
  types: ['missing_part', 'crack', 'stain', 'extra_material', 'misprint', 'dent'],
  createCategory,
};

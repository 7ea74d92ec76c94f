/** A green (or blue, black) circuit board: bussed traces, pad rows, vias, silkscreen. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { fbm, mix, smoothstep } from '../noise.ts';
import type { Point } from '../shapes.ts';
import { circle, offset, polyline, ring, roundedBox } from '../shapes.ts';
import { drawText } from '../strokeFont.ts';
import { fill, mixRgb, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const MASKS = ['#1f6b3a', '#17603f', '#1d4f8a', '#262b2f'] as const;
const FINISHES = ['#d8b15a', '#c9ced2'] as const;

interface PadRow {
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly pitch: number;
}

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const mask = rgb(MASKS[random.integer(0, MASKS.length - 1)]!);
  const copper = mixRgb(mask, rgb('#e0d27c'), 0.34);
  const finish = rgb(FINISHES[random.integer(0, FINISHES.length - 1)]!);
  const board = roundedBox(0, 0, 0.93, 0.8, 0.06);
  const lanes = random.integer(6, 8);
  const pitch = 0.1;
  const bend = mix(-0.15, 0.15, random.next());
  const drop = mix(0.2, 0.34, random.next());
  const traces: Point[][] = Array.from({ length: lanes }, (_, k) => {
    const y = -0.62 + k * pitch;
    const knee = bend + k * pitch * 0.42;
    return [
      [-0.8, y],
      [knee, y],
      [knee + drop, y + drop],
      [0.8, y + drop],
    ];
  });
  const row: PadRow = { x: -0.62, y: 0.36, count: random.integer(6, 8), pitch: 0.13 };
  const vias = Array.from({ length: random.integer(5, 9) }, (): Point => [
    mix(0.36, 0.72, random.next()),
    mix(-0.57, -0.5, random.next()),
  ]).filter((via, at, all) => all.slice(0, at).every((other) => Math.abs(via[0] - other[0]) > 0.1));
  const passiveX = Array.from(
    { length: random.integer(1, 3) },
    (_, k) => row.x + row.count * row.pitch + 0.1 + 0.16 * k,
  );
  const name = `PB${random.integer(1, 99)}`;
  const code = `REV ${'ABCDEF'[random.integer(0, 5)]}${random.integer(1, 9)}`;
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const substrate: Layer = {
        paint: (surface) =>
          fill(surface, board, {
            color: tinted(
              mask,
              (x, y) => 0.92 + 0.16 * fbm(x * 6, y * 6, 2, seed) + 0.05 * Math.sin(x * 150) * Math.sin(y * 150),
            ),
            height: (d) => 0.055 * smoothstep(0, 0.015, d) + 0.02,
            gloss: 0.28,
            metal: 0,
          }),
      };
      const metalPad = {
        color: tinted(finish, (x, y) => 0.85 + 0.3 * fbm(x * 12, y * 12, 2, seed)),
        gloss: 0.5,
        metal: 0.8,
      };
      const drill = { color: rgb('#101312'), gloss: 0, metal: 0, relief: () => -0.03 };
      const track = (points: Point[]): Layer => ({
        removable: true,
        paint: (surface) => {
          fill(surface, polyline(points, 0.036), { color: copper, relief: (d) => Math.min(d, 0.008) * 0.9 });
          for (const end of [points[0]!, points[points.length - 1]!]) {
            fill(surface, circle(end[0], end[1], 0.045), { ...metalPad, relief: (d) => Math.min(d, 0.015) * 0.6 });
            fill(surface, circle(end[0], end[1], 0.018), drill);
          }
        },
      });
      const pads = Array.from({ length: 2 * row.count }, (_, k): Layer => {
        const x = row.x + (k % row.count) * row.pitch;
        const y = k < row.count ? row.y : row.y + 0.3;
        return {
          removable: true,
          paint: (surface) =>
            fill(surface, roundedBox(x, y, 0.038, 0.075, 0.012), {
              ...metalPad,
              relief: (d) => Math.min(d, 0.02) * 0.7,
            }),
        };
      });
      const holes = vias.map(([x, y]): Layer => ({
        removable: true,
        paint: (surface) => {
          fill(surface, circle(x, y, 0.042), { ...metalPad, relief: (d) => Math.min(d, 0.012) * 0.6 });
          fill(surface, circle(x, y, 0.019), drill);
        },
      }));
      const chip: Layer = {
        removable: true,
        paint: (surface) => {
          const cx = row.x + ((row.count - 1) * row.pitch) / 2;
          fill(surface, roundedBox(cx, row.y + 0.15, ((row.count - 1) * row.pitch) / 2 + 0.06, 0.105, 0.015), {
            color: tinted(rgb('#2a2c2e'), (x, y) => 0.9 + 0.2 * fbm(x * 40, y * 40, 2, seed)),
            relief: (d) => 0.07 * smoothstep(0, 0.025, d),
            gloss: 0.22,
            metal: 0,
          });
          fill(surface, circle(row.x - 0.02, row.y + 0.2, 0.018), { relief: () => -0.012 });
        },
      };
      const passives = passiveX.map((x): Layer => ({
        removable: true,
        paint: (surface) => {
          const y = row.y + 0.15;
          fill(surface, roundedBox(x, y, 0.05, 0.1, 0.01), { ...metalPad, relief: (d) => Math.min(d, 0.02) * 1.5 });
          fill(surface, roundedBox(x, y, 0.046, 0.062, 0.005), {
            color: rgb('#3b2a22'),
            relief: (d) => Math.min(d, 0.015),
            gloss: 0.3,
            metal: 0,
          });
        },
      }));
      const ink = { color: rgb('#eef0ea'), gloss: 0.1, metal: 0 };
      const silk: Layer = {
        print: { centre: [row.x + 0.3, row.y + 0.14], reach: 0.4 },
        paint: (surface) => drawText(surface, code, row.x + 0.1, row.y + 0.105, 0.085, 0.17, { color: rgb('#c9cbc6') }),
      };
      const legend: Layer = {
        print: { centre: [0.45, -0.68], reach: 0.3 },
        paint: (surface) => {
          drawText(surface, name, 0.3, -0.73, 0.1, 0.17, ink);
          fill(surface, ring(row.x - 0.11, row.y + 0.05, 0.02, 0.02), ink);
        },
      };
      const all = [...traces.map(track), ...pads, ...holes];
      return {
        layers: [table.layer, substrate, ...all, chip, ...passives, silk, legend],
        body: offset(board, -0.06),
        outline: { shape: board, fracture: '#b9b48a', paintBehind: table.behind },
        extra: (r, severity) => {
          const lane = r.integer(0, lanes - 2);
          const x = mix(-0.7, bend - 0.05, r.next());
          const y = -0.62 + lane * pitch;
          const bridge = polyline(
            [
              [x, y],
              [x + 0.03 * (r.next() - 0.5), y + pitch],
            ],
            mix(0.025, 0.09, severity),
          );
          return {
            paint: (surface) => fill(surface, bridge, { color: copper, relief: (d) => Math.min(d, 0.008) * 0.9 }),
          };
        },
        exposed: '#d9a25f',
        stainColor: '#c9c3a2',
      };
    },
  };
}

export const circuitBoard: Family = {
  name: 'circuitBoard',
  title: 'Circuit board',
  kind: 'assembly',
  types: ['missing_part', 'extra_material', 'scratch', 'stain', 'chip', 'misprint'],
  createCategory,
};

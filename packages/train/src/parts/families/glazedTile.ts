/** A sheet of glazed mosaic tiles on grout: pillowed edges, mottled glaze, slight shade differences. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { fbm, hash2, mix, smoothstep } from '../noise.ts';
import { offset, roundedBox, union } from '../shapes.ts';
import { fill, mixRgb, rgb } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const GLAZES = [
  ['#2e7d8c', '#7fc1c4'],
  ['#f0ece2', '#d5cdbb'],
  ['#3f4f73', '#7f93c0'],
  ['#a5543a', '#d08c66'],
  ['#4d6b3c', '#9ab07a'],
] as const;

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const pair = GLAZES[random.integer(0, GLAZES.length - 1)]!;
  const dark = rgb(pair[0]);
  const light = rgb(pair[1]);
  const accent = random.next() < 0.5;
  const side = random.integer(3, 5);
  const pitch = 1.84 / side;
  const half = pitch / 2 - mix(0.018, 0.028, random.next());
  const sheet = roundedBox(0, 0, 0.94, 0.94, 0.03);
  const tiles = Array.from({ length: side * side }, (_, k) => {
    const column = k % side;
    const row = Math.floor(k / side);
    return {
      shape: roundedBox((column - (side - 1) / 2) * pitch, (row - (side - 1) / 2) * pitch, half, half, 0.05),
      isAccent: accent && (column + row) % 2 === 1,
      k,
    };
  });
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const seed = part.integer(0, 1e9);
      const grout: Layer = {
        paint: (surface) =>
          fill(surface, sheet, {
            color: (x, y, out) => out.fill(0.3 + 0.12 * fbm(x * 40, y * 40, 2, seed)),
            height: () => 0.03,
            gloss: 0,
            metal: 0,
          }),
      };
      const glaze = tiles.map(({ shape, isAccent, k }): Layer => {
        const tone = 0.93 + 0.14 * hash2(k, 0, seed);
        const base = isAccent ? mixRgb(light, [1, 1, 1], 0.25) : dark;
        const over = isAccent ? light : mixRgb(dark, light, 0.55);
        const cx = (shape.bounds[0] + shape.bounds[2]) / 2;
        const cy = (shape.bounds[1] + shape.bounds[3]) / 2;
        return {
          removable: true,
          paint: (surface) =>
            fill(surface, shape, {
              color: (x, y, out) => {
                const t = smoothstep(0.3, 0.75, fbm(x * 5 + k * 3, y * 5, 3, seed));
                const edge = Math.max(Math.abs(x - cx), Math.abs(y - cy)) / half;
                const v = tone * (1 - 0.22 * smoothstep(0.7, 1, edge));
                for (let c = 0; c < 3; c++) out[c] = (base[c]! + (over[c]! - base[c]!) * t) * v;
              },
              height: (d, x, y) => 0.04 + 0.05 * smoothstep(0, 0.07, d) + 0.004 * fbm(x * 6, y * 6, 2, seed),
              gloss: 0.55,
              metal: 0,
            }),
        };
      });
      const body = union(...tiles.map((tile) => offset(tile.shape, -0.03)));
      return {
        layers: [table.layer, grout, ...glaze],
        body,
        outline: { shape: sheet, fracture: '#d9cdb8', paintBehind: table.behind },
        exposed: '#efe6d6',
        stainColor: '#4b3618',
      };
    },
  };
}

export const glazedTile: Family = {
  name: 'glazedTile',
  title: 'Glazed mosaic',
  kind: 'texture',
  types: ['crack', 'chip', 'missing_part', 'stain', 'scratch'],
  createCategory,
};

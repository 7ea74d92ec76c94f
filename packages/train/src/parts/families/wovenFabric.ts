/** Plain or twill weave seen from above: two yarns crossing, with uneven thickness and fibre fuzz. */
import type { Random } from '@agentiad/core/support/random.ts';
import { fbm, hash2, mix, valueNoise } from '../noise.ts';
import { everywhere, polyline, roundedBox } from '../shapes.ts';
import type { Point } from '../shapes.ts';
import { fill, mixRgb, rgb } from '../surface.ts';
import type { Category, Family } from '../types.ts';

const YARNS = [
  ['#3d5a80', '#98b4d4'],
  ['#b9a58a', '#d8c8ae'],
  ['#7a3b3b', '#a85c50'],
  ['#5b6b4a', '#8d9a72'],
  ['#c9c5bd', '#a9a49a'],
] as const;

function createCategory(random: Random): Category {
  const pair = YARNS[random.integer(0, YARNS.length - 1)]!;
  const warp = rgb(pair[0]);
  const weft = rgb(pair[1]);
  const pitch = mix(0.075, 0.105, random.next());
  const twill = random.next() < 0.4 ? 3 : 2;
  return {
    buildPart: (part) => {
      const seed = part.integer(0, 1e9);
      const phase: Point = [part.next() * 4 * pitch, part.next() * 4 * pitch];
      /** Writes the colour and returns the yarn height at a point. */
      const weave = (x: number, y: number, out: Float32Array): number => {
        const u = (x + phase[0] + 0.006 * (valueNoise(y * 4, x * 2, seed) - 0.5)) / pitch;
        const v = (y + phase[1] + 0.006 * (valueNoise(x * 4, y * 2, seed + 9) - 0.5)) / pitch;
        const iu = Math.floor(u);
        const iv = Math.floor(v);
        const fu = u - iu - 0.5;
        const fv = v - iv - 0.5;
        const step = (((iu + (twill === 2 ? iv : -iv)) % twill) + twill) % twill;
        const isWarp = twill === 2 ? step === 0 : step !== 0;
        const across = isWarp ? fu : fv;
        const along = isWarp ? fv : fu;
        const thick = 0.92 + 0.16 * hash2(isWarp ? iu : iv, isWarp ? 1 : 2, seed);
        const round = Math.max(0, 1 - (across * across) / (0.23 * thick));
        const crown = 1 - 1.5 * along * along;
        const fibre = valueNoise(
          (isWarp ? across * 14 : along * 3) + iu * 7,
          (isWarp ? along * 3 : across * 14) + iv * 7,
          seed + 31,
        );
        const color = isWarp ? warp : weft;
        const shadeOf =
          (0.42 + 0.58 * Math.sqrt(round) * crown) * (0.82 + 0.36 * fibre) * (0.94 + 0.12 * (thick - 0.92) * 6);
        out[0] = color[0] * shadeOf;
        out[1] = color[1] * shadeOf;
        out[2] = color[2] * shadeOf;
        return pitch * 0.22 * round * crown;
      };
      const scratchpad = new Float32Array(3);
      return {
        layers: [
          {
            paint: (surface) =>
              fill(surface, everywhere(), {
                color: (x, y, out) => void weave(x, y, out),
                height: (_, x, y) => weave(x, y, scratchpad),
                gloss: 0.03,
              }),
          },
        ],
        body: roundedBox(0, 0, 0.85, 0.85),
        extra: (r, severity) => {
          const length = mix(0.18, 0.55, severity);
          const start: Point = [mix(-0.6, 0.6, r.next()), mix(-0.6, 0.6, r.next())];
          let angle = r.next() * 6.3;
          const points: Point[] = [start];
          for (let k = 0; k < 9; k++) {
            angle += (r.next() - 0.5) * 1.6;
            const [x, y] = points[k]!;
            points.push([x + (Math.cos(angle) * length) / 6, y + (Math.sin(angle) * length) / 6]);
          }
          const width = pitch * mix(0.4, 0.75, severity);
          const tone = mixRgb(weft, [1, 1, 1], 0.35);
          return {
            paint: (surface) =>
              fill(surface, polyline(points, width), {
                color: (x, y, out) => {
                  const v = 0.7 + 0.5 * fbm(x * 40, y * 40, 2, seed);
                  for (let c = 0; c < 3; c++) out[c] = tone[c]! * v;
                },
                height: (d) => pitch * 0.25 + Math.min(d * 1.4, 0.04),
              }),
          };
        },
        exposed: '#4a4540',
        stainColor: '#3c2a18',
      };
    },
  };
}

export const wovenFabric: Family = {
  name: 'wovenFabric',
  title: 'Woven fabric',
  kind: 'texture',
  types: ['stain', 'crack', 'extra_material', 'scratch'],
  createCategory,
};

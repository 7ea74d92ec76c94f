/** Grained leather (held out): pebbles of a two-scale cell pattern, soft creases, a stitched line. */
import type { Random } from '@agentiad/core/support/random.ts';
import { cells, mix } from '../noise.ts';
import { everywhere, roundedBox } from '../shapes.ts';
import { fill, rgb } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const HIDES = ['#7a4526', '#33302e', '#8f2f2a', '#b98a58', '#3f4a3a'] as const;
const THREADS = ['#e9dcc0', '#c8872f', '#d9d9d6'] as const;

function createCategory(random: Random): Category {
  const hide = rgb(HIDES[random.integer(0, HIDES.length - 1)]!);
  const thread = rgb(THREADS[random.integer(0, THREADS.length - 1)]!);
  const grain = mix(13, 20, random.next());
  const seamY = mix(0.45, 0.62, random.next()) * (random.next() < 0.5 ? -1 : 1);
  return {
    buildPart: (part) => {
      const seed = part.integer(0, 1e9);
      const big = { edge: 0, id: 0 };
      const tiny = { edge: 0, id: 0 };
      const slack = part.next() * 6;
      const pebble = (x: number, y: number): number => {
        const bent = x + 0.05 * Math.sin(2.3 * y + slack);
        cells(bent * grain, y * grain, seed, big);
        return Math.min(1, big.edge * 2.6);
      };
      const skin: Layer = {
        paint: (surface) =>
          fill(surface, everywhere(), {
            color: (x, y, out) => {
              const round = pebble(x, y);
              cells(x * grain * 2.7, y * grain * 2.7, seed + 1, tiny);
              const v = (0.5 + 0.42 * round + 0.12 * Math.min(1, tiny.edge * 2)) * (0.92 + 0.16 * big.id);
              for (let c = 0; c < 3; c++) out[c] = hide[c]! * v;
            },
            height: (_, x, y) => {
              const seam = Math.abs(y - seamY);
              return (
                0.011 * Math.sqrt(pebble(x, y)) -
                0.05 * Math.exp(-((seam / 0.035) ** 2)) +
                0.01 * Math.sin(1.7 * x + slack)
              );
            },
            gloss: 0.2,
          }),
      };
      const pitch = 0.13;
      const stitches = Array.from({ length: 22 }, (_, k): Layer => {
        const x = (k - 10.5) * pitch + 0.03 * Math.sin(slack);
        return {
          removable: k > 4 && k < 17,
          paint: (surface) =>
            fill(surface, roundedBox(x, seamY, 0.046, 0.016, 0.016, 0.12), {
              color: thread,
              height: (d) => -0.01 + Math.min(d, 0.016) * 1.6,
              gloss: 0.15,
            }),
        };
      });
      return {
        layers: [skin, ...stitches],
        body: roundedBox(0, seamY > 0 ? -0.2 : 0.2, 0.82, 0.56),
        exposed: '#c9a27a',
        stainColor: '#15100c',
      };
    },
  };
}

export const leather: Family = {
  name: 'leather',
  title: 'Stitched leather',
  kind: 'texture',
  types: ['scratch', 'stain', 'crack', 'dent', 'missing_part'],
  createCategory,
};

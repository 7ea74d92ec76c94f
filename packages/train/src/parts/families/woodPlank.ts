/** Planed wood: wandering growth lines, pores, the odd knot that belongs to the category's species. */
import type { Random } from '@agentiad/core/support/random.ts';
import { fbm, mix, smoothstep, valueNoise } from '../noise.ts';
import { everywhere, roundedBox } from '../shapes.ts';
import { fill, mixRgb, rgb } from '../surface.ts';
import type { Category, Family } from '../types.ts';

const SPECIES = [
  ['#d9b98a', '#a9773f'],
  ['#9a6a41', '#5c3820'],
  ['#e3cda6', '#bf9a63'],
  ['#b98255', '#7d4b2a'],
] as const;

function createCategory(random: Random): Category {
  const pair = SPECIES[random.integer(0, SPECIES.length - 1)]!;
  const early = rgb(pair[0]);
  const late = rgb(pair[1]);
  const density = mix(9, 15, random.next());
  const waviness = mix(0.16, 0.3, random.next());
  const planks = random.integer(2, 3);
  return {
    buildPart: (part) => {
      const seed = part.integer(0, 1e9);
      const seam = (part.next() - 0.5) * 0.2;
      const pitch = 2.6 / planks;
      return {
        layers: [
          {
            paint: (surface) =>
              fill(surface, everywhere(), {
                color: (x, y, out) => {
                  const at = (y + seam + 1.3) / pitch;
                  const plank = Math.floor(at);
                  const across = (at - plank) * pitch;
                  const own = seed + plank * 977;
                  const drift = fbm(x * 0.45 + plank * 5, across * 1.1, 4, own) * 2 - 1;
                  const rings = (across + waviness * drift) * density;
                  const saw = rings - Math.floor(rings);
                  const band = smoothstep(0.1, 0.85, saw) * (1 - smoothstep(0.88, 1, saw));
                  const fibre = fbm(x * 3.5, across * 90, 2, own + 3);
                  const pore = smoothstep(0.8, 0.95, valueNoise(x * 11, across * 85, own + 7)) * 0.3;
                  const tone = 0.92 + 0.16 * valueNoise(plank * 3.7, 0.5, seed) + 0.42 * (fibre - 0.5) - pore;
                  const gap = smoothstep(0.006, 0.018, Math.min(across, pitch - across));
                  const t = band * (0.32 + 0.3 * fibre) + 0.16 * drift;
                  const lit = tone * (0.3 + 0.7 * gap);
                  for (let c = 0; c < 3; c++) out[c] = (early[c]! + (late[c]! - early[c]!) * t) * lit;
                },
                height: (_, x, y) => {
                  const at = (y + seam + 1.3) / pitch;
                  const across = (at - Math.floor(at)) * pitch;
                  return (
                    0.02 * smoothstep(0, 0.02, Math.min(across, pitch - across)) +
                    0.002 * valueNoise(x * 5, y * 110, seed)
                  );
                },
                gloss: 0.12,
              }),
          },
        ],
        body: roundedBox(0, 0, 0.86, 0.86),
        exposed: pair[0],
        stainColor: mixToHex(late),
      };
    },
  };
}

/** Stains on wood are the dark species tone, deepened. */
function mixToHex(late: readonly [number, number, number]): string {
  const dark = mixRgb(late, [0, 0, 0], 0.82);
  return `#${dark
    .map((v) =>
      Math.round(255 * v ** (1 / 2.2))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

export const woodPlank: Family = {
  name: 'woodPlank',
  title: 'Planed wood',
  kind: 'texture',
  types: ['scratch', 'stain', 'crack', 'dent'],
  createCategory,
};

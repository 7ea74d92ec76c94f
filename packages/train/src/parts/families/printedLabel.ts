/** A paper label on a carton: colour band, product name, text lines, barcode, emblem. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable } from '../background.ts';
import { fbm, hash2, mix, smoothstep, valueNoise } from '../noise.ts';
import { circle, intersect, offset, roundedBox } from '../shapes.ts';
import { drawText } from '../strokeFont.ts';
import { fill, rgb, tinted } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const BRANDS = ['#c0392b', '#1f618d', '#1e8449', '#b9770e', '#5b2c6f'] as const;
const NAMES = ['MELIOR', 'NORDA', 'VITREX', 'CALDON', 'AXUM', 'TERRANO', 'OPTIMA'] as const;
const LINES = ['NET 250 G', 'BATCH 0417', 'STORE COOL', 'EXP 06 2028', 'TYPE B 12V', 'MADE IN EU', 'CLASS A1'] as const;

function createCategory(random: Random): Category {
  const brand = rgb(BRANDS[random.integer(0, BRANDS.length - 1)]!);
  const ink = rgb('#23262b');
  const name = NAMES[random.integer(0, NAMES.length - 1)]!;
  const first = random.integer(0, LINES.length - 1);
  const lines = [0, 1, 2].map((k) => LINES[(first + 2 * k) % LINES.length]!);
  const halfHeight = mix(0.66, 0.78, random.next());
  const label = roundedBox(0, 0, 0.92, halfHeight, 0.07);
  const barSeed = random.integer(0, 1e9);
  const carton = ['#a98f6d', '#b8a488', '#8e9499'][random.integer(0, 2)]!;
  const emblemX = mix(0.5, 0.62, random.next());
  const bars: { x: number; width: number }[] = [];
  for (let x = -0.8, k = 0; x < 0.12; k++) {
    const width = [0.012, 0.024, 0.036][Math.floor(3 * hash2(k, 0, barSeed))]!;
    bars.push({ x: x + width / 2, width });
    x += width + [0.016, 0.026, 0.036][Math.floor(3 * hash2(k, 1, barSeed))]!;
  }
  const top = -halfHeight;
  return {
    buildPart: (part) => {
      const table = createTable(carton, part);
      const seed = part.integer(0, 1e9);
      const paper: Layer = {
        paint: (surface) =>
          fill(surface, label, {
            color: tinted(rgb('#f4f1ea'), (x, y) => 0.94 + 0.08 * fbm(x * 30, y * 30, 2, seed)),
            height: (d, x, y) => 0.018 * smoothstep(0, 0.012, d) + 0.02 * valueNoise(x * 1.5, y * 1.5, seed),
            gloss: 0.12,
          }),
      };
      const band: Layer = {
        paint: (surface) => {
          fill(surface, intersect(label, roundedBox(0, top + 0.17, 0.92, 0.17)), {
            color: tinted(brand, (x, y) => 0.96 + 0.08 * fbm(x * 50, y * 50, 1, seed)),
            gloss: 0.2,
          });
          fill(surface, intersect(label, roundedBox(0, halfHeight - 0.03, 0.92, 0.03)), { color: brand, gloss: 0.2 });
        },
      };
      const title: Layer = {
        print: { centre: [-0.3, top + 0.17], reach: 0.5 },
        paint: (surface) => drawText(surface, name, -0.8, top + 0.08, 0.19, 0.19, { color: rgb('#fbfaf6') }),
      };
      const textLines = lines.map((text, k): Layer => ({
        removable: true,
        print: { centre: [-0.4, top + 0.5 + 0.17 * k], reach: 0.4 },
        paint: (surface) => drawText(surface, text, -0.8, top + 0.45 + 0.17 * k, 0.1, 0.16, { color: ink }),
      }));
      const barcode: Layer = {
        removable: true,
        print: { centre: [-0.35, halfHeight - 0.3], reach: 0.5 },
        paint: (surface) => {
          for (const bar of bars) {
            fill(surface, roundedBox(bar.x, halfHeight - 0.28, bar.width / 2, 0.16), { color: ink });
          }
        },
      };
      const emblem: Layer = {
        removable: true,
        print: { centre: [emblemX, 0.22], reach: 0.3 },
        paint: (surface) => {
          fill(surface, circle(emblemX, 0.22, 0.24), { color: brand });
          fill(surface, circle(emblemX, 0.22, 0.19), { color: rgb('#f4f1ea') });
          drawText(surface, name.slice(0, 2), emblemX - 0.13, 0.14, 0.17, 0.2, { color: brand });
        },
      };
      return {
        layers: [table.layer, paper, band, title, ...textLines, barcode, emblem],
        body: offset(label, -0.04),
        outline: { shape: label, fracture: '#fbf9f4', paintBehind: table.behind },
        exposed: '#e9dcc3',
        stainColor: '#6b4a1f',
      };
    },
  };
}

export const printedLabel: Family = {
  name: 'printedLabel',
  title: 'Printed label',
  kind: 'printed',
  types: ['misprint', 'missing_part', 'stain', 'scratch', 'chip'],
  createCategory,
};

/** A turned aluminium or steel flange: concentric brushing, bolt circle, bore, bright rim. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createTable, pickMat } from '../background.ts';
import { mix, smoothstep, valueNoise } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, offset, ring, subtract, union } from '../shapes.ts';
import type { Paint } from '../surface.ts';
import { fill, rgb } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const METALS = ['#c3c7cb', '#b9bdc4', '#cdbfa2', '#a9afb5'] as const;

/** Circular brushing: fine rings along the radius and the two bright wedges such a finish shows. */
function brushed(color: readonly [number, number, number], highlight: number, seed: number): Paint {
  return (x, y, out) => {
    const r = Math.hypot(x, y);
    const angle = Math.atan2(y, x);
    const fine = valueNoise(r * 120, Math.cos(angle) * 1.5 + 3, seed);
    const coarse = valueNoise(r * 26, Math.sin(angle) * 1.2 + 5, seed + 3);
    const across = Math.cos(angle - highlight);
    const wedge = across * across * across * across;
    const second = Math.cos(angle - highlight - 1.2) ** 12;
    const v = 0.5 + 0.62 * wedge + 0.18 * second + 0.24 * (fine - 0.5) + 0.14 * (coarse - 0.5);
    out[0] = color[0] * v;
    out[1] = color[1] * v;
    out[2] = color[2] * (v + 0.02);
  };
}

function createCategory(random: Random): Category {
  const mat = pickMat(random);
  const color = rgb(METALS[random.integer(0, METALS.length - 1)]!);
  const holes = random.integer(4, 8);
  const boltRadius = mix(0.6, 0.7, random.next());
  const holeRadius = mix(0.07, 0.11, random.next());
  const bore = mix(0.18, 0.3, random.next());
  const step = mix(0.42, 0.5, random.next());
  const rings = random.integer(1, 2);
  const body = circle(0, 0, 0.95);
  const holeShapes = Array.from({ length: holes }, (_, k) => {
    const angle = (2 * Math.PI * k) / holes;
    return circle(boltRadius * Math.cos(angle), boltRadius * Math.sin(angle), holeRadius);
  });
  const boreShape = circle(0, 0, bore);
  return {
    buildPart: (part) => {
      const table = createTable(mat, part);
      const highlight = (-45 + 40 * (2 * part.next() - 1)) * (Math.PI / 180);
      const paint = brushed(color, highlight, part.integer(0, 1e9));
      const plate: Layer = {
        paint: (surface) => {
          fill(surface, body, {
            color: paint,
            height: (d) => 0.1 - 0.035 * (1 - smoothstep(0, 0.05, d)),
            gloss: 0.35,
            metal: 0.45,
          });
          fill(surface, circle(0, 0, step), { relief: (d) => 0.03 * smoothstep(0, 0.03, d) });
          for (let k = 0; k < rings; k++) {
            fill(surface, ring(0, 0, 0.84 - 0.05 * k, 0.02), { relief: (d) => -Math.min(d, 0.01) * 1.2 });
          }
        },
      };
      const drill = (hole: Shape, isRemovable: boolean): Layer => ({
        removable: isRemovable,
        paint: (surface) => {
          fill(surface, offset(hole, 0.022), { relief: (d) => -Math.min(d, 0.022) * 0.9 });
          table.behind(hole).paint(surface);
        },
      });
      return {
        layers: [table.layer, plate, drill(boreShape, false), ...holeShapes.map((hole) => drill(hole, true))],
        body: subtract(offset(body, -0.03), offset(union(boreShape, ...holeShapes), 0.02)),
        outline: { shape: body, fracture: '#8f9296', paintBehind: table.behind },
        exposed: '#e9ebee',
        stainColor: '#5b4020',
      };
    },
  };
}

export const brushedDisc: Family = {
  name: 'brushedDisc',
  title: 'Brushed flange',
  kind: 'object',
  types: ['scratch', 'dent', 'stain', 'missing_part', 'chip'],
  createCategory,
};

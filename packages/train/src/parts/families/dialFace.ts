/** A printed gauge dial (held out): enamel face, tick scale, coloured arc, seven-segment numerals, screws. */
import type { Random } from '@agentiad/core/support/random.ts';
import { mix, smoothstep } from '../noise.ts';
import type { Shape } from '../shapes.ts';
import { circle, everywhere, offset, ring, roundedBox } from '../shapes.ts';
import type { Surface } from '../surface.ts';
import { fill, rgb } from '../surface.ts';
import type { Category, Family, Layer } from '../types.ts';

const FACES = [
  ['#f4f2ec', '#1b1d20'],
  ['#1e2226', '#f2f0ea'],
  ['#e9e2c8', '#2b211a'],
] as const;
const ZONES = ['#c0392b', '#d68910', '#2471a3', '#1e8449'] as const;
/** Lit segments (a..g, clockwise from the top, then the middle) per digit. */
const SEGMENTS = ['abcdef', 'bc', 'abged', 'abgcd', 'fgbc', 'afgcd', 'afgcde', 'abc', 'abcdefg', 'abcdfg'] as const;
const START = (5 * Math.PI) / 4;
const SWEEP = (3 * Math.PI) / 2;

/** A point on the scale: `t` 0..1 runs clockwise from lower left to lower right. */
function onScale(t: number, radius: number): [number, number, number] {
  const angle = START - t * SWEEP;
  return [radius * Math.cos(angle), -radius * Math.sin(angle), -angle];
}

function drawDigit(
  surface: Surface,
  digit: number,
  x: number,
  y: number,
  h: number,
  color: readonly [number, number, number],
): void {
  const w = h * 0.5;
  const bars: Record<string, [number, number, number, number]> = {
    a: [0, -h / 2, w / 2, 0],
    b: [w / 2, -h / 4, 0, h / 4],
    c: [w / 2, h / 4, 0, h / 4],
    d: [0, h / 2, w / 2, 0],
    e: [-w / 2, h / 4, 0, h / 4],
    f: [-w / 2, -h / 4, 0, h / 4],
    g: [0, 0, w / 2, 0],
  };
  for (const segment of SEGMENTS[digit]!) {
    const [dx, dy, hx, hy] = bars[segment]!;
    fill(surface, roundedBox(x + dx, y + dy, hx + h * 0.07, hy + h * 0.07, h * 0.05), { color });
  }
}

function createCategory(random: Random): Category {
  const pair = FACES[random.integer(0, FACES.length - 1)]!;
  const face = rgb(pair[0]);
  const ink = rgb(pair[1]);
  const zone = rgb(ZONES[random.integer(0, ZONES.length - 1)]!);
  const zoneFrom = mix(0.6, 0.8, random.next());
  const majors = random.integer(6, 9);
  const minors = random.integer(4, 5);
  const unit = random.integer(1, 9);
  const desk = rgb(['#6f7f8c', '#c8c2b6', '#8a7f74'][random.integer(0, 2)]!);
  const plate = circle(0, 0, 0.93);
  return {
    buildPart: (part) => {
      const tone = 0.94 + 0.12 * part.next();
      const lean = part.next() * 6;
      const paintDesk = (clip: Shape): Layer => ({
        paint: (surface) =>
          fill(surface, clip, {
            color: (x, y, out) => {
              const v = tone * (0.96 + 0.04 * Math.sin(2.1 * x + 1.3 * y + lean));
              for (let c = 0; c < 3; c++) out[c] = desk[c]! * v;
            },
            height: () => 0,
            gloss: 0.05,
            metal: 0,
          }),
      });
      const enamel: Layer = {
        paint: (surface) => {
          fill(surface, plate, {
            color: (_x, _y, out) => out.set(face),
            height: (d) => 0.05 + 0.045 * smoothstep(0, 0.02, d) - 0.03 * smoothstep(0.03, 0.05, d),
            gloss: 0.4,
            metal: 0,
          });
          fill(surface, ring(0, 0, 0.905, 0.05), { color: rgb('#b9bdc2'), metal: 0.8, gloss: 0.6 });
        },
      };
      const arc: Layer = {
        removable: true,
        print: { centre: [0, 0], reach: 0.8 },
        paint: (surface) => {
          const band = ring(0, 0, 0.77, 0.055);
          const sector: Shape = {
            distance: (x, y) => {
              const t = ((((START - Math.atan2(-y, x)) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)) / SWEEP;
              return t >= zoneFrom && t <= 1 ? band.distance(x, y) : 1;
            },
            bounds: band.bounds,
          };
          fill(surface, sector, { color: zone });
        },
      };
      const ticks: Layer[] = [];
      const steps = (majors - 1) * minors;
      for (let k = 0; k <= steps; k++) {
        const isMajor = k % minors === 0;
        const [x, y, angle] = onScale(k / steps, isMajor ? 0.69 : 0.71);
        ticks.push({
          removable: isMajor,
          paint: (surface) =>
            fill(surface, roundedBox(x, y, isMajor ? 0.06 : 0.035, isMajor ? 0.013 : 0.008, 0, angle), { color: ink }),
        });
      }
      const numerals = Array.from({ length: majors }, (_, k): Layer => {
        const [x, y] = onScale(k / (majors - 1), 0.5);
        return {
          removable: true,
          print: { centre: [x, y], reach: 0.15 },
          paint: (surface) => {
            const value = `${k * unit}`;
            [...value].forEach((digit, at) =>
              drawDigit(surface, Number(digit), x + (at - (value.length - 1) / 2) * 0.1, y, 0.11, ink),
            );
          },
        };
      });
      const hub: Layer = {
        paint: (surface) => {
          fill(surface, circle(0, 0, 0.085), {
            color: rgb('#8d9298'),
            relief: (d) => Math.min(d, 0.03),
            metal: 0.8,
            gloss: 0.5,
          });
          fill(surface, circle(0, 0, 0.035), { color: rgb('#17191c'), relief: () => -0.03, metal: 0 });
          for (const side of [-1, 1]) {
            fill(surface, circle(side * 0.3, 0.62, 0.05), {
              color: rgb('#a9adb2'),
              relief: (d) => Math.min(d, 0.02),
              metal: 0.8,
              gloss: 0.5,
            });
            fill(surface, roundedBox(side * 0.3, 0.62, 0.035, 0.008, 0, lean), {
              color: rgb('#3a3d41'),
              relief: () => -0.01,
              metal: 0.2,
            });
          }
        },
      };
      return {
        layers: [paintDesk(everywhere()), enamel, arc, ...ticks, ...numerals, hub],
        body: offset(plate, -0.08),
        outline: { shape: plate, fracture: '#7b7e82', paintBehind: paintDesk },
        exposed: pair[1],
        stainColor: '#6a4d22',
      };
    },
  };
}

export const dialFace: Family = {
  name: 'dialFace',
  title: 'Gauge dial',
  kind: 'printed',
  types: ['misprint', 'missing_part', 'stain', 'scratch', 'crack', 'chip'],
  createCategory,
};

/** A plotter-style stroke font (capitals and digits) on a 2 x 4 grid, for prints on training families. */
import type { Point } from './shapes.ts';
import { polyline } from './shapes.ts';
import type { Style, Surface } from './surface.ts';
import { fill } from './surface.ts';

/** Strokes as grid points "xy", y down; `|` lifts the pen. */
const GLYPHS: Readonly<Record<string, string>> = {
  A: '04 01 10 21 24|02 22',
  B: '00 04 14 23 12 02|00 10 21 12',
  C: '21 10 01 03 14 23',
  D: '00 04 14 23 21 10 00',
  E: '20 00 04 24|02 12',
  F: '20 00 04|02 12',
  G: '21 10 01 03 14 23 22 12',
  H: '00 04|20 24|02 22',
  I: '10 14',
  J: '20 23 14 03',
  K: '00 04|20 02 24',
  L: '00 04 24',
  M: '04 00 12 20 24',
  N: '04 00 24 20',
  O: '10 01 03 14 23 21 10',
  P: '04 00 10 21 12 02',
  R: '04 00 10 21 12 02|12 24',
  S: '21 10 01 12 23 14 03',
  T: '00 20|10 14',
  U: '00 03 14 23 20',
  V: '00 14 20',
  X: '00 24|20 04',
  Y: '00 12 20|12 14',
  Z: '00 20 04 24',
  '0': '10 01 03 14 23 21 10',
  '1': '01 10 14',
  '2': '01 10 21 04 24',
  '3': '00 20 12 23 14 03',
  '4': '14 10 03 23',
  '5': '20 00 02 12 23 14 03',
  '6': '20 02 03 14 23 12 02',
  '7': '00 20 14',
  '8': '10 01 12 23 14 03 12 21 10',
  '9': '04 22 21 10 01 12 22',
  '-': '02 22',
};

const ADVANCE = 0.85;

/** Width of `text` set at cap height `height`. */
export function textWidth(text: string, height: number): number {
  return (text.length - 1) * ADVANCE * height + 0.5 * height;
}

/** Sets `text` with its top left corner at (x, y); `weight` is the stroke width relative to the height. */
export function drawText(
  surface: Surface,
  text: string,
  x: number,
  y: number,
  height: number,
  weight: number,
  style: Style,
): void {
  [...text].forEach((character, at) => {
    const glyph = GLYPHS[character];
    if (glyph === undefined) return;
    const left = x + at * ADVANCE * height;
    for (const stroke of glyph.split('|')) {
      const points = stroke
        .split(' ')
        .map((p): Point => [left + (Number(p[0]) / 4) * height, y + (Number(p[1]) / 4) * height]);
      fill(surface, polyline(points, weight * height), style);
    }
  });
}

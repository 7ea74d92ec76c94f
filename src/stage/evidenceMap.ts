/**
 * Colours, threshold line and peak of the evidence map. One fixed scale for all parts, never stretched per image: 1 = as far as
 * good parts get from each other, measured on the exemplars themselves. Colours: plasma (perceptually uniform, CC0; from
 * d3-scale-chromatic, ISC), blue and violet below the threshold, red to yellow only above it; the low end is clear.
 */
import type { SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import { contours } from 'd3-contour';
import { interpolatePlasma } from 'd3-scale-chromatic';

type Kind = SceneMap['kind'];

/** Where the scale starts to show and where it ends. */
export const MAP_SCALE = {
  ratio: { from: 0.7, to: 1.6, ticks: [0.7, 1, 1.6] },
  percentile: { from: 95, to: 100, ticks: [95, 99, 100] },
} as const;

/** Where the line is drawn: beyond what good parts show. */
export const THRESHOLD: Readonly<Record<Kind, number>> = { ratio: 1, percentile: 99 };

/** Share of the ramp that lies below the threshold: plasma turns red after it. */
const RAMP_AT_THRESHOLD = 0.32;
const LARGEST_ALPHA = 205;
const ALPHA_BELOW = 0.45;

/** 0..1 along the ramp, with the threshold at its fixed place. */
function rampAt(value: number, kind: Kind): number {
  const { from, to } = MAP_SCALE[kind];
  const threshold = THRESHOLD[kind];
  const below = Math.min(Math.max((value - from) / (threshold - from), 0), 1);
  const above = Math.min(Math.max((value - threshold) / (to - threshold), 0), 1);
  return below * RAMP_AT_THRESHOLD + above * (1 - RAMP_AT_THRESHOLD);
}

/** Colour and opacity (0..255) of a value on the fixed scale. */
export function mapColour(value: number, kind: Kind): readonly [number, number, number, number] {
  const at = rampAt(value, kind);
  const [red, green, blue] = channels(interpolatePlasma(at));
  const shown = value > THRESHOLD[kind] ? 1 : (at / RAMP_AT_THRESHOLD) * ALPHA_BELOW;
  return [red, green, blue, Math.round(LARGEST_ALPHA * shown)];
}

function channels(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The ramp as it lies on the scale: values evenly spaced from left to right. */
export function rampCss(kind: Kind): string {
  const { from, to } = MAP_SCALE[kind];
  const stops = Array.from({ length: 13 }, (_, step) => {
    const [red, green, blue, alpha] = mapColour(from + ((to - from) * step) / 12, kind);
    return `rgb(${red} ${green} ${blue} / ${(alpha / 255).toFixed(2)})`;
  });
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

export type Signal = 'none' | 'below' | 'above';

/** Whether a map says anything: nothing on the scale, something below the threshold, or something beyond it. */
export function signalOf({ values, kind }: Pick<SceneMap, 'values' | 'kind'>): Signal {
  const most = largestOf(values);
  if (most > THRESHOLD[kind]) return 'above';
  return most > MAP_SCALE[kind].from ? 'below' : 'none';
}

/** The cross in CSS pixels around the peak, open in the middle: what it points at stays visible. */
export const PEAK_CROSS = 'M-14,0H-5M5,0H14M0,-14V-5M0,5V14';

/** Where the stage marks the map's peak, in pixels of the part: nowhere on a map that shows nothing. */
export function markedPeak(map: SceneMap): readonly [x: number, y: number] | null {
  return map.peak && signalOf(map) !== 'none' ? map.peak : null;
}

/** The pixel that a point lies in, for words. */
export function pixelOf([x, y]: readonly [x: number, y: number]): { readonly x: number; readonly y: number } {
  return { x: Math.floor(x), y: Math.floor(y) };
}

export function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Lines where the map crosses `threshold`, as SVG path data in cells (0..columns, 0..rows); empty when it never does. */
export function isoLines(
  { rows, columns, values }: Pick<SceneMap, 'rows' | 'columns' | 'values'>,
  threshold: number,
): string {
  const area = contours()
    .size([columns, rows])
    .contour([...values], threshold);
  return area.coordinates
    .flat()
    .map((ring) => `M${ring.map(([x = 0, y = 0]) => `${x.toFixed(3)},${y.toFixed(3)}`).join('L')}Z`)
    .join('');
}

/** One pixel per cell; drawn enlarged and smoothed. */
export function paintMap(map: SceneMap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = map.columns;
  canvas.height = map.rows;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const pixels = context.createImageData(map.columns, map.rows);
  map.values.forEach((value, index) => pixels.data.set(mapColour(value, map.kind), index * 4));
  context.putImageData(pixels, 0, 0);
  return canvas;
}

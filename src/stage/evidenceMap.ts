/**
 * Colours of the evidence map: one fixed scale for all parts, never stretched per image, so that a part like the good
 * ones stays clear. The ramp runs through evenly spaced lightness (dark violet to pale yellow); the low end is transparent.
 */
import type { SceneMap } from '@agentiad/core/replay/sceneTypes.ts';

/** Where the scale starts to show and where it ends. Ratio 1 = as far as good parts get from each other. */
export const MAP_SCALE = {
  ratio: { from: 0.6, to: 1.6, ticks: [0.6, 1, 1.6] },
  percentile: { from: 95, to: 100, ticks: [95, 99, 100] },
} as const;

const STOPS: readonly (readonly [number, number, number])[] = [
  [72, 29, 111],
  [146, 38, 103],
  [208, 68, 69],
  [245, 125, 21],
  [252, 206, 70],
];

/** Colour and opacity (0..255) of a value on the fixed scale. */
export function mapColour(value: number, kind: SceneMap['kind']): readonly [number, number, number, number] {
  const { from, to } = MAP_SCALE[kind];
  const share = Math.min(Math.max((value - from) / (to - from), 0), 1);
  const at = share * (STOPS.length - 1);
  const low = STOPS[Math.min(Math.floor(at), STOPS.length - 2)]!;
  const high = STOPS[Math.min(Math.floor(at), STOPS.length - 2) + 1]!;
  const mix = at - Math.min(Math.floor(at), STOPS.length - 2);
  const channel = (index: 0 | 1 | 2) => Math.round(low[index] + (high[index] - low[index]) * mix);
  return [channel(0), channel(1), channel(2), Math.round(185 * Math.min(1, share * 2.5))];
}

export function rampCss(): string {
  return `linear-gradient(90deg, ${STOPS.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
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

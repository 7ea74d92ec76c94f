/** Colours of the difference view: one fixed scale in grey levels for all pairs; small differences stay clear. */
import { NOT_COVERED, type DifferenceMap } from '@agentiad/core/image/registration/difference.ts';
import { interpolateInferno } from 'd3-scale-chromatic';

/** Grey levels (of 255) where the scale starts to show and where it ends. */
export const DIFFERENCE_SCALE = { from: 20, to: 120, ticks: [20, 70, 120] } as const;

/** Part of the colour ramp that is used: its dark end would look like a shadow. */
const RAMP = { from: 0.35, to: 0.95 } as const;

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const UNKNOWN: Colour = [128, 128, 128, 120];

/** Colour and opacity (0..255) of a difference; grey where there is no exemplar to compare with. */
export function differenceColour(level: number): Colour {
  if (level === NOT_COVERED) return UNKNOWN;
  const { from, to } = DIFFERENCE_SCALE;
  const share = (level - from) / (to - from);
  if (share <= 0) return [0, 0, 0, 0];
  const hex = Number.parseInt(rampColour(Math.min(share, 1)).slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255, Math.round(255 * Math.min(1, 0.35 + share * 2))];
}

/** `#rrggbb` at 0..1 of the scale. */
function rampColour(share: number): string {
  return interpolateInferno(RAMP.from + (RAMP.to - RAMP.from) * share);
}

export function differenceRampCss(): string {
  return `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map(rampColour).join(', ')})`;
}

/** One pixel per value; drawn enlarged and smoothed. */
export function paintDifference({ width, height, values }: DifferenceMap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const table = Array.from({ length: 256 }, (_, level) => differenceColour(level));
  const pixels = context.createImageData(width, height);
  values.forEach((level, at) => pixels.data.set(table[level]!, at * 4));
  context.putImageData(pixels, 0, 0);
  return canvas;
}

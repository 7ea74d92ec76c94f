/** Pixels as a file stores them, and their reduction to 8-bit RGB: the only one there is, whatever the format or host. */
import type { Raster } from './raster.ts';
import { settleWindow, windowTable, type WindowChoice, type WindowLevel } from './windowLevel.ts';

/** Interleaved samples, row-major: `data.length === width * height * channels`. Grey or RGB, then alpha, then others. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
  readonly bitDepth: number;
  readonly isGrey: boolean;
  readonly alpha: 'none' | 'straight' | 'premultiplied';
  /** The one colour that is transparent. */
  readonly clear?: ArrayLike<number> | undefined;
}

export interface Reduced {
  readonly raster: Raster;
  /** Null for 8 bits and less: nothing was chosen. */
  readonly windowLevel: WindowLevel | null;
}

/** Composites transparency over white; more than 8 bits are reduced as `choice` says. */
export function reduceSamples(samples: Samples, choice: WindowChoice): Reduced {
  const maximum = 2 ** samples.bitDepth - 1;
  const windowLevel = samples.bitDepth > 8 ? settleWindow(choice, histogramOf(samples, maximum)) : null;
  const toByte = windowTable(windowLevel ?? { low: 0, high: maximum }, maximum);
  const { width, height, channels, data, isGrey, alpha, clear } = samples;
  const [green, blue] = isGrey ? [0, 0] : [1, 2];
  const opacityAt = isGrey ? 1 : 3;
  const rgb = new Uint8Array(width * height * 3);
  const isOpaque = alpha === 'none' && !clear;
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = toByte[data[from]!]!;
    rgb[to + 1] = toByte[data[from + green]!]!;
    rgb[to + 2] = toByte[data[from + blue]!]!;
    if (isOpaque) continue;
    const opacity = clear && isColour(data, from, clear) ? 0 : alpha === 'none' ? maximum : data[from + opacityAt]!;
    if (opacity === maximum) continue;
    for (const [channel, at] of [0, green, blue].entries()) {
      const sample = data[from + at]!;
      const straight = alpha === 'premultiplied' && opacity > 0 ? Math.round((sample * maximum) / opacity) : sample;
      const share = Math.round((opacity * 255) / maximum);
      rgb[to + channel] = Math.round((toByte[Math.min(straight, maximum)]! * share + 255 * (255 - share)) / 255);
    }
  }
  return { raster: { width, height, data: rgb }, windowLevel };
}

function histogramOf({ data, channels, isGrey }: Samples, maximum: number): Uint32Array {
  const counts = new Uint32Array(maximum + 1);
  const colours = isGrey ? 1 : 3;
  for (let from = 0; from < data.length; from += channels) {
    for (let channel = 0; channel < colours; channel++) counts[data[from + channel]!]! += 1;
  }
  return counts;
}

function isColour(data: ArrayLike<number>, at: number, colour: ArrayLike<number>): boolean {
  for (let channel = 0; channel < colour.length; channel++) {
    if (data[at + channel] !== colour[channel]) return false;
  }
  return true;
}

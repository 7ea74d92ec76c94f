/** The table under an object: a mat whose kind belongs to the category and whose tone and dust vary by part. */
import type { Random } from '@agentiad/core/support/random.ts';
import { fbm } from './noise.ts';
import { everywhere } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { fill, rgb, tinted } from './surface.ts';
import type { Style } from './surface.ts';
import type { Layer } from './types.ts';

const MATS = ['#c9ccce', '#b8b4ac', '#8f979e', '#d9d6cf', '#5d666f', '#7d8a90'] as const;

export interface Table {
  readonly layer: Layer;
  /** The table seen through a hole or a broken edge. */
  readonly behind: (clip: Shape) => Layer;
}

export function pickMat(random: Random): string {
  return MATS[random.integer(0, MATS.length - 1)]!;
}

export function createTable(mat: string, random: Random): Table {
  const seed = random.integer(0, 1e9);
  const tone = 0.93 + 0.14 * random.next();
  const color = rgb(mat);
  const style: Style = {
    color: tinted(
      color,
      (x, y) => tone * (0.9 + 0.12 * fbm(x * 3, y * 3, 2, seed) + 0.09 * fbm(x * 40, y * 40, 2, seed)),
    ),
    height: () => 0,
    gloss: 0.03,
    metal: 0,
  };
  const paintOn = (clip: Shape): Layer => ({ paint: (surface) => fill(surface, clip, style) });
  return { layer: paintOn(everywhere()), behind: paintOn };
}

/** Tests only: a made-up part with edges, holes and marks, drawn analytically, so that any warp of it is exact. */
import { createRandom } from '../../support/random.ts';
import type { Size } from '../box.ts';
import type { Raster } from '../raster.ts';
import { mapPoint, type Similarity } from './similarity.ts';

export type Drawing = (x: number, y: number) => readonly [number, number, number];

/** A plate, square to round, with holes and a stripe, under slowly changing light; which one depends on the seed. */
export function makePart(seed: number, { width, height }: Size): Drawing {
  const random = createRandom(seed);
  const holes = Array.from({ length: 12 }, () => ({
    x: width * (0.2 + 0.6 * random.next()),
    y: height * (0.2 + 0.6 * random.next()),
    radius: Math.min(width, height) * (0.02 + 0.05 * random.next()),
    shade: random.next() < 0.5 ? -70 : 60,
  }));
  const tilt = random.next() * 0.6 - 0.3;
  const [across, along] = [width * (0.25 + 0.17 * random.next()), height * (0.25 + 0.17 * random.next())];
  const power = 2 + 6 * random.next();
  const soft = (distance: number) => 1 / (1 + Math.exp(distance));
  return (x, y) => {
    const out =
      (Math.abs((x - width / 2) / across) ** power + Math.abs((y - height / 2) / along) ** power) ** (1 / power);
    const onPlate = soft((out - 1) * Math.min(across, along));
    let value = 70 + 30 * (x / width) + 80 * onPlate;
    for (const hole of holes) value += hole.shade * onPlate * soft(Math.hypot(x - hole.x, y - hole.y) - hole.radius);
    value += 25 * onPlate * soft(Math.abs(y - height / 2 - tilt * (x - width / 2)) - 3);
    return [value, value * 0.9 + 10, 160 - value * 0.4];
  };
}

/** Pixels of `drawing` seen through `view` (raster pixels to the drawing's coordinates). */
export function draw(drawing: Drawing, { width, height }: Size, view: Similarity, noise = 0, seed = 1): Raster {
  const random = createRandom(seed);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = mapPoint(view, { x: x + 0.5, y: y + 0.5 });
      const colour = drawing(at.x, at.y);
      for (let channel = 0; channel < 3; channel++) {
        const value = colour[channel]! + (noise > 0 ? noise * random.normal() : 0);
        data[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
  return { width, height, data };
}

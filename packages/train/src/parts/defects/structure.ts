/** Defects of what is there: chipped edge, missing feature, spare material, wrong print. Each returns the new layer list. */
import type { Random } from '@agentiad/core/support/random.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { fbm, mix } from '../noise.ts';
import { intersect, offset } from '../shapes.ts';
import { fill, moveFrame, rgb, tinted } from '../surface.ts';
import type { Layer, Scene } from '../types.ts';
import { wobble } from './marks.ts';

export function chip(scene: Scene, random: Random, severity: number): Layer[] {
  assert(scene.outline, 'a scene that lists `chip` has an outline');
  const { shape, fracture, paintBehind } = scene.outline;
  const radius = mix(0.07, 0.2, severity);
  const [cx, cy] = pointOnEdge(shape.distance, random);
  const seed = random.integer(0, 1e9);
  const bite = wobble(cx, cy, radius, 0.8 + 0.4 * random.next(), seed, 1.3);
  const rim = intersect(offset(bite, 0.022), shape);
  const broken: Layer = {
    paint: (surface) =>
      fill(surface, rim, {
        color: tinted(rgb(fracture), (x, y) => 0.7 + 0.6 * fbm(x * 25, y * 25, 2, seed)),
        gloss: 0.05,
        relief: (d, x, y) => -Math.min(d, 0.03) - 0.02 * fbm(x * 20, y * 20, 2, seed),
      }),
  };
  return [...scene.layers, broken, paintBehind(bite)];
}

/** A random point of the zero line, found by walking in from outside along a random ray. */
function pointOnEdge(distance: (x: number, y: number) => number, random: Random): [number, number] {
  const angle = random.next() * 2 * Math.PI;
  for (let r = 1.4; r > 0; r -= 0.005) {
    const x = r * Math.cos(angle);
    const y = r * Math.sin(angle);
    if (distance(x, y) < 0) return [x, y];
  }
  return [0, 0];
}

export function missingPart(scene: Scene, random: Random): Layer[] {
  const candidates = scene.layers.filter((layer) => layer.removable);
  assert(candidates.length > 0, 'a scene that lists `missing_part` has removable layers');
  const gone = candidates[random.integer(0, candidates.length - 1)];
  return scene.layers.filter((layer) => layer !== gone);
}

export function extraMaterial(scene: Scene, random: Random, severity: number): Layer[] {
  assert(scene.extra, 'a scene that lists `extra_material` can make some');
  return [...scene.layers, scene.extra(random, severity)];
}

/** One print is shifted and turned, printed twice, or too faint. */
export function misprint(scene: Scene, random: Random, severity: number): Layer[] {
  const prints = scene.layers.filter((layer) => layer.print !== undefined);
  assert(prints.length > 0, 'a scene that lists `misprint` has prints');
  const wrong = prints[random.integer(0, prints.length - 1)]!;
  const { centre, reach } = wrong.print!;
  const [px, py] = centre;
  // Shifts go towards the middle of the part, so that no ink lands beside it.
  const towards = (from: number) => (Math.abs(from) > 0.05 ? -Math.sign(from) : random.next() < 0.5 ? -1 : 1);
  const shift = mix(0.035, 0.1, severity);
  const dx = 0.8 * shift * towards(px);
  const dy = shift * towards(py);
  const turn = (mix(0.008, 0.05, severity) / reach) * (random.next() < 0.5 ? -1 : 1);
  const kind = random.integer(0, 2);
  const repaint = (paint: Layer['paint']): Layer[] =>
    scene.layers.map((layer) => (layer === wrong ? { ...layer, paint } : layer));
  if (kind === 0) {
    return repaint((surface) => wrong.paint(moveFrame(surface, dx, dy, turn, px, py)));
  }
  if (kind === 1) {
    const ghost = mix(0.45, 0.85, severity);
    return repaint((surface) => {
      wrong.paint(surface);
      wrong.paint({ ...moveFrame(surface, dx, dy, turn * 0.2, px, py), opacity: ghost });
    });
  }
  const left = mix(0.5, 0.05, severity);
  return repaint((surface) => wrong.paint({ ...surface, opacity: left }));
}

/**
 * One photograph of one part, good or defective. Random streams are apart on purpose: design by category seed, part
 * and camera by part seed, defect by its own stream, so a good and a bad render of one part seed differ only where
 * the defect shows, and nothing but the defect can tell the label.
 */
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { drawShot, expose } from './capture.ts';
import { DEFECTS } from './defects/index.ts';
import { familyByName } from './families/index.ts';
import { countMask, differenceMask, dilate, maskBox } from './mask.ts';
import { shade } from './shade.ts';
import { copySurface, createSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import type { DefectType, Layer, PartRequest, RenderedPart, Scene } from './types.ts';

export const DEFAULT_PART_SIZE = 320;
/** Pixels (at 320) around the mask in which a bad render may differ from its good twin, blur included. */
const HALO = 3;
const BLUR_REACH = 1;
const MIN_DEFECT_PIXELS = 14;
const TRIES = 12;

export function renderPart(request: PartRequest): RenderedPart {
  const { categorySeed, partSeed, defect, size = DEFAULT_PART_SIZE, placement } = request;
  const family = familyByName(request.family);
  const category = family.createCategory(createRandom(mixSeed(family.name, 'category', categorySeed)));
  const scene = category.buildPart(createRandom(mixSeed(family.name, 'part', categorySeed, partSeed)));
  const shot = drawShot(createRandom(mixSeed(family.name, 'shot', categorySeed, partSeed)), size, placement);
  const surface = createSurface(size, shot.pose);
  for (const layer of scene.layers) layer.paint(surface);
  const good = shade(surface, shot.light);
  if (defect === null) return { raster: expose(good, size, shot), mask: null, boxes: [], type: null, severity: null };

  const random = createRandom(mixSeed(family.name, 'defect', categorySeed, partSeed, defect));
  const drawn = random.next();
  const severity = request.severity ?? drawn;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // A mark that happened to be invisible (dark on dark, in a shadow) is drawn again elsewhere, and stronger.
    const effective = severity + ((1 - severity) * attempt) / TRIES;
    const layers = DEFECTS[defect](scene, random, effective);
    const bad = shade(paintVariant(scene, layers, surface), shot.light);
    const mask = differenceMask(good, bad, size);
    const box = maskBox(mask, size);
    if (box === null || countMask(mask) < (MIN_DEFECT_PIXELS * size * size) / DEFAULT_PART_SIZE ** 2) continue;
    const halo = dilate(mask, size, Math.ceil((HALO * size) / DEFAULT_PART_SIZE) - BLUR_REACH);
    const raster = expose(keepInside(bad, good, halo), size, shot);
    return { raster, mask, boxes: [{ box, type: defect }], type: defect, severity: effective };
  }
  return invisible(request.family, defect, categorySeed, partSeed);
}

function invisible(family: string, defect: DefectType, categorySeed: number, partSeed: number): never {
  throw new Error(
    `Internal error: no visible ${defect} on ${family} (category ${categorySeed}, part ${partSeed}) in ${TRIES} tries.`,
  );
}

/** Paints the changed layer list, starting from the finished good surface when layers were only added. */
function paintVariant(scene: Scene, layers: readonly Layer[], finished: Surface): Surface {
  const isAddition = scene.layers.every((layer, k) => layers[k] === layer);
  const surface = isAddition ? copySurface(finished) : createSurface(finished.size, finished.pose);
  for (const layer of layers.slice(isAddition ? scene.layers.length : 0)) layer.paint(surface);
  return surface;
}

/** Takes the good light outside the halo, where shading differs by less than what counts as visible. */
function keepInside(bad: Float32Array, good: Float32Array, halo: Uint8Array): Float32Array {
  for (let i = 0; i < halo.length; i++) {
    if (halo[i] === 0) bad.set(good.subarray(3 * i, 3 * i + 3), 3 * i);
  }
  return bad;
}

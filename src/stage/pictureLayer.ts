/**
 * The stage's lowest layer, the only one with large images: the part and what it is compared with. Left alone unless
 * something in it changed. Not listening.
 */
import Konva from 'konva';
import { CRISP_ABOVE, type Camera } from './camera.ts';
import { compareKey, type CompareLayout } from './compareLayout.ts';
import { createCompareNodes } from './compareNodes.ts';
import type { CompareInput } from './compareTypes.ts';
import { createPictureNode, type PictureInput } from './pictureNode.ts';

export interface PictureLayer {
  readonly layer: Konva.Layer;
  /** Between the part and what is beside it; goes into a layer above. */
  readonly line: Konva.Line;
  draw(
    input: { readonly part: PictureInput; readonly compare: CompareInput | null; readonly lineColour: string },
    camera: Camera,
    layout: CompareLayout,
  ): void;
}

export function createPictureLayer(): PictureLayer {
  const layer = new Konva.Layer({ listening: false, name: 'pictures' });
  const clip = new Konva.Group();
  const part = createPictureNode('part');
  const compareNodes = createCompareNodes();
  layer.add(clip.add(part.group), compareNodes.pictures);
  let drawn: readonly unknown[] = [];
  return {
    layer,
    line: compareNodes.line,
    draw({ part: picture, compare, lineColour }, camera, layout) {
      const { whole, piece } = picture;
      const now = [camera.x, camera.y, camera.scale, layer.width(), layer.height(), whole, piece?.bitmap, lineColour];
      const all = [...now, ...compareKey(compare)];
      if (all.length === drawn.length && all.every((value, index) => value === drawn[index])) return;
      drawn = all;
      clip.clip(layout.partClip);
      applyCamera(part.group, camera);
      part.update(picture, camera.scale * window.devicePixelRatio);
      compareNodes.update(compare, layout, camera, picture.size, lineColour);
      // A reduced copy has no pixels of the image to show.
      const isReduced = whole !== null && !piece && whole.width < picture.size.width;
      layer.imageSmoothingEnabled(isReduced || camera.scale <= CRISP_ABOVE);
    },
  };
}

/** Puts a group in pixels of the part where the camera has it; `offsetX`: screen pixels to the right. */
export function applyCamera(node: Konva.Node, camera: Camera, offsetX = 0): void {
  node.setAttrs({ x: camera.x + offsetX, y: camera.y, scaleX: camera.scale, scaleY: camera.scale });
}

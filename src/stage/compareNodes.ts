/** The Konva nodes of comparing: the exemplar in its clip, the difference over the part, the line between the two. */
import type { Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { Camera } from './camera.ts';
import { placeExemplar, type CompareLayout } from './compareLayout.ts';
import type { CompareInput } from './compareTypes.ts';

export interface CompareNodes {
  /** Goes into the layer of pictures, above the part. */
  readonly pictures: Konva.Group;
  /** Goes into a layer above it. */
  readonly line: Konva.Line;
  update(compare: CompareInput | null, layout: CompareLayout, camera: Camera, part: Size, lineColour: string): void;
}

export function createCompareNodes(): CompareNodes {
  const pictures = new Konva.Group({ listening: false });
  const clip = new Konva.Group();
  const exemplar = new Konva.Image({ id: 'compare-exemplar', image: undefined });
  const difference = new Konva.Image({ id: 'compare-difference', image: undefined });
  const line = new Konva.Line({ strokeWidth: 1, listening: false });
  clip.add(exemplar);
  pictures.add(clip, difference);
  return {
    pictures,
    line,
    update(compare, layout, camera, part, lineColour) {
      const { exemplarClip, dividerX } = layout;
      const picture = compare?.exemplar ?? null;
      clip.visible(picture !== null && exemplarClip !== null);
      if (compare && picture && exemplarClip) {
        clip.clip(exemplarClip);
        const place = placeExemplar(camera, compare.transform, layout.offsetX);
        exemplar.setAttrs({
          image: picture,
          x: place.x,
          y: place.y,
          rotation: place.rotation,
          width: compare.size.width * place.scale,
          height: compare.size.height * place.scale,
        });
      }
      const shown = compare?.view === 'difference' ? compare.difference : null;
      difference.visible(shown !== null);
      if (shown) {
        difference.setAttrs({
          image: shown.canvas,
          x: camera.x,
          y: camera.y,
          width: part.width * camera.scale,
          height: part.height * camera.scale,
          opacity: shown.opacity,
        });
      }
      line.visible(dividerX !== null);
      if (dividerX !== null) {
        line.points([dividerX, 0, dividerX, layout.partClip.height]);
        line.stroke(lineColour);
      }
    },
  };
}

/** A picture in pixels of its image: the reduced copy, and over it a sharp piece of the original where there is one. */
import type { Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { Piece } from '../runtime/pictureMessages.ts';
import { rectOf } from './markNode.ts';

export interface PictureInput {
  readonly size: Size;
  readonly whole: ImageBitmap | null;
  readonly piece: Piece | null;
}

export interface PictureNode {
  readonly group: Konva.Group;
  /** `density`: device pixels per pixel of the image; a piece no sharper than the copy is left out. */
  update(picture: PictureInput, density: number): void;
}

export function createPictureNode(id: string): PictureNode {
  const group = new Konva.Group({ listening: false });
  const whole = new Konva.Image({ id, image: undefined, listening: false });
  const piece = new Konva.Image({ id: `${id}-piece`, image: undefined, listening: false });
  group.add(whole, piece);
  return {
    group,
    update(picture, density) {
      whole.setAttrs({ image: picture.whole ?? undefined, ...picture.size, visible: picture.whole !== null });
      const isSharper = picture.piece !== null && density * picture.size.width > (picture.whole?.width ?? 0);
      piece.visible(isSharper);
      if (picture.piece && isSharper) piece.setAttrs({ image: picture.piece.bitmap, ...rectOf(picture.piece.box) });
      else piece.image(undefined);
    },
  };
}

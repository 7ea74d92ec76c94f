import { describe, expect, it } from 'vitest';
import type { Box } from '@agentiad/core/image/box.ts';
import { PICTURE_SIDE } from '../runtime/pictureMessages.ts';
import { pieceFor } from './pieces.ts';

const image = { width: 12_000, height: 8000 };
const present = (box: Box, width: number) => ({ box, bitmap: { width, height: 1 } });

describe('pieceFor', () => {
  it('asks for nothing while the reduced copy is sharp enough', () => {
    expect(pieceFor([0, 0, 12_000, 8000], image, 0.1, PICTURE_SIDE, null)).toBeNull();
    expect(pieceFor([0, 0, 900, 700], { width: 900, height: 700 }, 8, 900, null)).toBeNull();
  });

  it('takes the pixels of the view and a margin, as they are, at one to one and closer', () => {
    for (const density of [1, 8, 64]) {
      const request = pieceFor([5000, 3000, 5800, 3600], image, density, PICTURE_SIDE, null)!;
      expect(request).toEqual({ box: [4800, 2850, 6000, 3750], size: { width: 1200, height: 900 } });
    }
  });

  it('never asks for more than the largest picture, nor beyond the image', () => {
    for (const view of [
      [0, 0, 6000, 4000],
      [11_000, 7500, 12_000, 8000],
      [0, 0, 12_000, 8000],
    ] as const) {
      for (const density of [0.3, 0.5, 1, 2]) {
        const request = pieceFor(view, image, density, PICTURE_SIDE, null);
        if (!request) continue;
        expect(Math.max(request.size.width, request.size.height)).toBeLessThanOrEqual(PICTURE_SIDE);
        expect(request.box[2]).toBeLessThanOrEqual(image.width);
        expect(request.box[0]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('is content with the piece it has until the view leaves it or comes closer', () => {
    const view = [5000, 3000, 5800, 3600] as const;
    const has = present([4800, 2850, 6000, 3750], 1200);
    expect(pieceFor(view, image, 1, PICTURE_SIDE, has)).toBeNull();
    expect(pieceFor([5300, 3000, 6100, 3600], image, 1, PICTURE_SIDE, has)).not.toBeNull();
    expect(pieceFor(view, image, 1, PICTURE_SIDE, present([4800, 2850, 6000, 3750], 500))).not.toBeNull();
  });

  it('shows true pixels from one to one on, whatever nearly sharp piece or copy is there', () => {
    const view = [5000, 3000, 5800, 3600] as const;
    expect(pieceFor(view, image, 32, PICTURE_SIDE, present([4800, 2850, 6000, 3750], 1116))).not.toBeNull();
    const little = { width: PICTURE_SIDE * 1.1, height: 800 };
    expect(pieceFor([0, 0, 60, 40], little, 32, PICTURE_SIDE, null)).not.toBeNull();
    expect(pieceFor([0, 0, 60, 40], little, 0.9, PICTURE_SIDE, null)).toBeNull();
  });

  it('does not ask again for what it cannot get any sharper', () => {
    const view = [2000, 2000, 6000, 5000] as const;
    const request = pieceFor(view, image, 1, PICTURE_SIDE, null)!;
    expect(pieceFor(view, image, 1, PICTURE_SIDE, present(request.box, request.size.width))).toBeNull();
  });

  it('asks for nothing when nothing of the image is seen', () => {
    expect(pieceFor([0, 0, -5, 10], image, 4, PICTURE_SIDE, null)).toBeNull();
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBitmap, TILE_SIDE } from './readBitmap.ts';

/** A stand-in for the 2-D canvas: its pixels tell where in the bitmap they came from, and it remembers its size. */
const canvases: { width: number; height: number }[] = [];
class PositionCanvas {
  private left = 0;
  private top = 0;
  constructor(width: number, height: number) {
    canvases.push({ width, height });
  }
  getContext() {
    return this;
  }
  fillRect() {}
  drawImage(_bitmap: unknown, left: number, top: number) {
    this.left = left;
    this.top = top;
  }
  getImageData(_x: number, _y: number, width: number, height: number) {
    const data = new Uint8ClampedArray(width * height * 4);
    for (let index = 0; index < width * height; index++) {
      const x = this.left + (index % width);
      const y = this.top + Math.floor(index / width);
      data.set([x & 255, y & 255, (x >> 8) + (y >> 8), 255], index * 4);
    }
    return { data };
  }
}

describe('readBitmap', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [1, 1],
    [TILE_SIDE + 3, 5],
    [7, TILE_SIDE * 2 + 1],
    [TILE_SIDE + 1, TILE_SIDE + 2],
  ])('reads %i x %i whole, through one small canvas', (width, height) => {
    canvases.length = 0;
    vi.stubGlobal('OffscreenCanvas', PositionCanvas);
    const { data } = readBitmap({ width, height } as ImageBitmap);
    let wrong = 0;
    for (let index = 0; index < width * height; index++) {
      const [x, y] = [index % width, Math.floor(index / width)];
      const isRight = data[index * 3] === (x & 255) && data[index * 3 + 1] === (y & 255);
      if (!isRight || data[index * 3 + 2] !== (x >> 8) + (y >> 8)) wrong += 1;
    }
    expect(wrong).toBe(0);
    expect(canvases).toHaveLength(1);
    expect(canvases[0]!.width * canvases[0]!.height).toBeLessThanOrEqual(16_000_000);
  });
});

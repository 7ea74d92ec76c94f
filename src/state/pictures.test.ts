import { describe, expect, it } from 'vitest';
import { createPictures } from './pictures.ts';

function bitmap(side: number): ImageBitmap & { closed: boolean } {
  const made = { width: side, height: side, closed: false, close: () => void (made.closed = true) };
  return made;
}

describe('pictures', () => {
  it('closes what was not drawn for longest when there are too many bytes', () => {
    const pictures = createPictures(3 * 100 * 100 * 4);
    const [a, b, c, d] = [bitmap(100), bitmap(100), bitmap(100), bitmap(100)];
    pictures.put('a', a);
    pictures.put('b', b);
    pictures.put('c', c);
    pictures.get('a');
    pictures.put('d', d);
    expect([a.closed, b.closed, c.closed, d.closed]).toEqual([false, true, false, false]);
    expect(pictures.get('b')).toBeNull();
    expect(pictures.bytes()).toBe(3 * 100 * 100 * 4);
  });

  it('keeps what is drawn even when it alone is too large', () => {
    const pictures = createPictures(10);
    const large = bitmap(100);
    pictures.put('a', large);
    expect(large.closed).toBe(false);
  });

  it('lets go of what was seen in other runs, and takes it again when it is wanted', async () => {
    const pictures = createPictures();
    for (const key of ['part', 'seen:a', 'seen:b']) pictures.want(key, () => Promise.resolve(bitmap(10)));
    await Promise.resolve();
    pictures.keepOnly('seen:', new Set(['seen:b']));
    expect(['part', 'seen:a', 'seen:b'].map((key) => pictures.get(key) !== null)).toEqual([true, false, true]);
    expect(pictures.bytes()).toBe(2 * 10 * 10 * 4);
    pictures.want('seen:a', () => Promise.resolve(bitmap(10)));
    await Promise.resolve();
    expect(pictures.get('seen:a')).not.toBeNull();
  });

  it('has one piece of an image and closes the one before', () => {
    const pictures = createPictures();
    const [first, second] = [bitmap(10), bitmap(20)];
    pictures.putPiece('a', { box: [0, 0, 10, 10], bitmap: first });
    pictures.putPiece('a', { box: [5, 5, 25, 25], bitmap: second });
    expect(first.closed).toBe(true);
    expect(pictures.piece('a')).toEqual({ box: [5, 5, 25, 25], bitmap: second });
    expect(pictures.get('a')).toBeNull();
    expect(pictures.bytes()).toBe(20 * 20 * 4);
  });

  it('has the variant asked for last, whichever comes first, and no piece of another', async () => {
    const pictures = createPictures();
    const [plain, windowed] = [bitmap(10), bitmap(10)];
    let come!: (bitmap: ImageBitmap) => void;
    pictures.want('a', () => new Promise((resolve) => (come = resolve)));
    pictures.putPiece('a', { box: [0, 0, 5, 5], bitmap: bitmap(5) });
    pictures.want('a', () => Promise.resolve(windowed), '0,4095');
    await Promise.resolve();
    come(plain);
    await Promise.resolve();
    expect(pictures.get('a')).toBe(windowed);
    expect([plain.closed, windowed.closed]).toEqual([true, false]);
    expect(pictures.piece('a')).toBeNull();
  });

  it('closes the picture whose place another takes', () => {
    const pictures = createPictures();
    const [first, second] = [bitmap(10), bitmap(10)];
    pictures.put('a', first);
    pictures.put('a', second);
    expect([first.closed, second.closed]).toEqual([true, false]);
  });
});

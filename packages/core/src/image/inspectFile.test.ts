import { describe, expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import { fillRaster } from './crop.ts';
import { decodePortably } from './decodeFile.ts';
import { inspectImageFile } from './inspectFile.ts';
import { encodePng } from './png.ts';
import { DEFAULT_WINDOW } from './windowLevel.ts';

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const png = encodePng(fillRaster({ width: 40, height: 30 }));

function withSize(width: number, height: number): Uint8Array {
  const bytes = png.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

function refusal(bytes: Uint8Array): UserError {
  try {
    inspectImageFile(bytes, 'part-7.png');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('inspectImageFile', () => {
  it.each([
    ['nothing in it', new Uint8Array(0), 'image-empty', 'empty'],
    ['text renamed to .png', bytesOf('id,label\n1,good\n'), 'image-not-an-image', 'text'],
    ['a PDF', bytesOf('%PDF-1.7\n%\xe2\xe3'), 'image-not-an-image', 'PDF'],
    ['a zip', bytesOf('PK\x03\x04\x14\x00\x00'), 'image-not-an-image', 'zip'],
    ['noise', Uint8Array.from({ length: 64 }, (_, index) => (index * 89 + 1) & 255), 'image-not-an-image', 'no known'],
    ['a TIFF header alone', bytesOf('II*\0\x08\0\0\0'), 'image-truncated', 'TIFF'],
    ['BigTIFF', bytesOf('MM\0+\0\x08\0\0'), 'image-unsupported', 'BigTIFF'],
    ['HEIC', bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'image-unsupported', 'HEIC'],
    ['a JPEG XL stream', bytesOf('\xff\x0a\xfa\x1f'), 'image-unsupported', 'JPEG XL'],
    ['a JPEG XL file', bytesOf('\0\0\0\x0cJXL \r\n\x87\n'), 'image-unsupported', 'JPEG XL'],
    ['SVG', bytesOf('<?xml version="1.0"?>\n<svg xmlns="x"/>'), 'image-unsupported', 'SVG'],
    ['the first bytes of a PNG', png.subarray(0, 5), 'image-truncated', 'cut off'],
    ['half a PNG', png.subarray(0, png.length >> 1), 'image-truncated', 'cut off'],
    ['a PNG without its last bytes', png.subarray(0, png.length - 4), 'image-truncated', 'cut off'],
    ['a JPEG header alone', bytesOf('\xff\xd8\xff\xe0\0\x10JFIF\0'), 'image-truncated', 'JPEG'],
    ['100.01 megapixels', withSize(10_001, 10_000), 'image-too-large', '100'],
    ['201:1', withSize(2010, 10), 'image-aspect', '200'],
    ['no pixels', withSize(0, 10), 'image-damaged', 'PNG'],
  ])('refuses %s, naming file, cause and remedy', (_, bytes, code, cause) => {
    const error = refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain('part-7.png');
    expect(error.reason).toContain(cause);
    expect(error.remedy).toMatch(/\w+.*\.$/);
  });

  it('goes by content, not by name', () => {
    expect(inspectImageFile(png, 'part.jpg')).toMatchObject({ format: 'png', width: 40, height: 30, conversions: [] });
  });

  it('takes exactly 100 megapixels and exactly 200:1', () => {
    expect(inspectImageFile(withSize(10_000, 10_000), 'a').width).toBe(10_000);
    expect(inspectImageFile(withSize(2000, 10), 'a').width).toBe(2000);
  });
});

describe('BMP', () => {
  /** 3 x 2 pixels of `bits` bits; `rows` in the order of the file, padded to 4 bytes. */
  function bmp(bits: number, palette: readonly number[], rows: readonly number[][], height = 2): Uint8Array {
    const offset = 54 + palette.length;
    const bytes = Uint8Array.from([...new Uint8Array(54), ...palette, ...rows.flat()]);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    view.setUint32(10, offset, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, 3, true);
    view.setInt32(22, height, true);
    view.setUint16(28, bits, true);
    return bytes;
  }
  const decoded = async (bytes: Uint8Array) => {
    const reduced = await decodePortably(bytes, 'a.bmp', inspectImageFile(bytes, 'a.bmp'), DEFAULT_WINDOW);
    return [...reduced!.raster.data];
  };
  const top = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const bottom = [11, 12, 13, 14, 15, 16, 17, 18, 19];
  /** Stored blue first. */
  const stored = (row: number[]) => [0, 3, 6].flatMap((at) => [row[at + 2]!, row[at + 1]!, row[at]!]);
  const padding = [0, 0, 0];

  it('reads rows from the bottom up, or down with a negative height', async () => {
    const rows = [
      [...stored(bottom), ...padding],
      [...stored(top), ...padding],
    ];
    expect(await decoded(bmp(24, [], rows))).toEqual([...top, ...bottom]);
    expect(await decoded(bmp(24, [], [...rows].reverse(), -2))).toEqual([...top, ...bottom]);
  });

  it('reads palettes of 1 and 8 bits', async () => {
    const palette = [3, 2, 1, 0, 6, 5, 4, 0];
    const pixels = [4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6];
    expect(
      await decoded(
        bmp(8, palette, [
          [0, 0, 1, 0],
          [1, 0, 1, 0],
        ]),
      ),
    ).toEqual(pixels);
    expect(
      await decoded(
        bmp(1, palette, [
          [0b00100000, 0, 0, 0],
          [0b10100000, 0, 0, 0],
        ]),
      ),
    ).toEqual(pixels);
  });

  it('refuses compressed and cut files by name', () => {
    const compressed = bmp(8, [], [[0, 0, 1, 0]]);
    compressed[30] = 1;
    expect(refusal(compressed)).toMatchObject({
      code: 'image-unsupported',
      reason: expect.stringContaining('BMP') as string,
    });
    expect(refusal(bmp(24, [], [stored(top)])).code).toBe('image-truncated');
  });
});

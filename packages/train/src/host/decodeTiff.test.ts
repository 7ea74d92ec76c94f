/** TIFF as cameras, microscopes and editors write it, by another writer than the one that reads it here. */
import sharp, { type TiffOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decodeImage.ts';

const WIDTH = 70;
const HEIGHT = 50;
const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => (index * 7 + (index >> 5)) & 255);
const raw = (channels: 1 | 3 | 4) => ({ raw: { width: WIDTH, height: HEIGHT, channels } });
const colours = () => sharp(rgb, raw(3));
const spread = (grey: Uint8Array) => Uint8Array.from({ length: grey.length * 3 }, (_, index) => grey[(index / 3) | 0]!);

describe('TIFF', () => {
  it.each<[string, TiffOptions]>([
    ['uncompressed', { compression: 'none' }],
    ['LZW', { compression: 'lzw' }],
    ['LZW with predictor', { compression: 'lzw', predictor: 'horizontal' }],
    ['deflate', { compression: 'deflate', predictor: 'horizontal' }],
    ['PackBits', { compression: 'packbits' }],
    ['tiles', { compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 }],
  ])('of 8 and 16 bits, grey and RGB: %s', async (_, options) => {
    const image = await decodeImage(await colours().tiff(options).toBuffer(), 'scan.tif');
    expect(image).toMatchObject({ format: 'tiff', bitDepth: 8, conversions: [], windowLevel: null });
    expect(image.raster).toEqual({ width: WIDTH, height: HEIGHT, data: rgb });

    const grey = rgb.subarray(0, WIDTH * HEIGHT);
    const greyFile = await sharp(grey, raw(1)).toColourspace('b-w').tiff(options).toBuffer();
    expect((await decodeImage(greyFile, 'grey.tif')).raster.data).toEqual(spread(grey));

    const deep = Uint16Array.from(grey, (value) => value * 257);
    const deepFile = await sharp(deep, raw(1)).toColourspace('grey16').tiff(options).toBuffer();
    const reduced = await decodeImage(deepFile, 'deep.tif');
    expect(reduced).toMatchObject({ bitDepth: 16, windowLevel: { low: 0, high: 65_535, rule: 'depth' } });
    expect(reduced.raster.data).toEqual(spread(grey));
  });

  it('of one bit, and with transparency over white', async () => {
    const grey = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => ((index * 31) % 7 > 3 ? 255 : 0));
    const bits = await sharp(grey, raw(1))
      .toColourspace('b-w')
      .tiff({ bitdepth: 1, compression: 'packbits' })
      .toBuffer();
    expect((await decodeImage(bits, 'bits.tif')).raster.data).toEqual(spread(grey));

    const clear = await sharp(new Uint8Array(WIDTH * HEIGHT * 4), raw(4))
      .tiff({ compression: 'lzw' })
      .toBuffer();
    const image = await decodeImage(clear, 'clear.tif');
    expect(image.conversions).toEqual(['transparency flattened over white']);
    expect(new Set(image.raster.data)).toEqual(new Set([255]));
  });

  it('upright by its orientation', async () => {
    const file = await colours().withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toBuffer();
    const upright = await colours().rotate(90).png().toBuffer();
    const image = await decodeImage(file, 'turned.tif');
    expect(image.orientationApplied).toBe(6);
    expect(image.raster).toEqual((await decodeImage(upright, 'upright.png')).raster);
  });

  it('of several pages: the first, with a note', async () => {
    const pages = sharp(Buffer.concat([rgb, rgb.map((value) => 255 - value)]), {
      raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
    });
    const image = await decodeImage(await pages.tiff({ compression: 'deflate' }).toBuffer(), 'stack.tif');
    expect(image.conversions).toEqual(['first of 2 pages used']);
    expect(image.raster.data).toEqual(rgb);
  });

  it('whatever it is called', async () => {
    expect(await decodeImage(await colours().tiff({ compression: 'lzw' }).toBuffer(), 'scan.png')).toMatchObject({
      format: 'tiff',
    });
  });

  it.each<[string, TiffOptions, string]>([
    ['JPEG', { compression: 'jpeg' }, 'JPEG'],
    ['CCITT', { compression: 'ccittfax4', bitdepth: 1 }, 'CCITT Group 4'],
  ])('refuses %s compression by its name', async (_, options, named) => {
    const file = await sharp(rgb.subarray(0, WIDTH * HEIGHT), raw(1))
      .toColourspace('b-w')
      .tiff(options)
      .toBuffer();
    await expect(decodeImage(file, 'fax.tif')).rejects.toMatchObject({
      code: 'image-unsupported',
      subject: 'fax.tif',
      reason: expect.stringContaining(named) as string,
    });
  });

  it('refuses floating point, CMYK, cut-off and damaged files by name', async () => {
    const float = await colours().toColourspace('scrgb').tiff({ compression: 'none' }).toBuffer();
    await expect(decodeImage(float, 'a.tif')).rejects.toMatchObject({
      reason: expect.stringContaining('floating') as string,
    });
    const cmyk = await colours().toColourspace('cmyk').tiff({ compression: 'none' }).toBuffer();
    await expect(decodeImage(cmyk, 'a.tif')).rejects.toMatchObject({
      reason: expect.stringContaining('CMYK') as string,
    });
    const file = await colours().tiff({ compression: 'deflate' }).toBuffer();
    for (const part of [0.01, 0.3, 0.7])
      await expect(decodeImage(file.subarray(0, file.length * part), 'cut.tif')).rejects.toMatchObject({
        code: 'image-truncated',
      });
    const flipped = Uint8Array.from(file);
    flipped.fill(0xff, 8, 200);
    await expect(decodeImage(flipped, 'flip.tif')).rejects.toMatchObject({ code: 'image-damaged' });
  });
});

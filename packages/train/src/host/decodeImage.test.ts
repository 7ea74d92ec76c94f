import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { decodeImage } from './decodeImage.ts';

const WIDTH = 96;
const HEIGHT = 64;
/** A smooth picture without any symmetry. */
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => {
  const x = Math.floor(index / 3) % WIDTH;
  const y = Math.floor(index / 3 / WIDTH);
  return [x * 2, y * 3, 255 - x - y][index % 3]!;
});
const picture = (data: Uint8Array | Uint16Array = pixels, channels: 1 | 3 | 4 = 3) =>
  sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
const worstDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((worst, value, index) => Math.max(worst, Math.abs(value - b[index]!)), 0);

const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;

describe('decodeImage accepts', () => {
  it('PNG, lossless WebP and GIF', async () => {
    for (const [format, file] of [
      ['png', picture().png()],
      ['png', picture().png({ progressive: true })],
      ['webp', picture().webp({ lossless: true })],
    ] as const) {
      const image = await decodeImage(await file.toBuffer(), 'part');
      expect(image).toMatchObject({ format, bitDepth: 8, orientationApplied: 1, conversions: [] });
      expect(image.raster).toEqual({ width: WIDTH, height: HEIGHT, data: pixels });
    }
    const gif = await decodeImage(await picture().gif().toBuffer(), 'part.gif');
    expect(gif).toMatchObject({ format: 'gif', raster: { width: WIDTH, height: HEIGHT } });
  });

  it('a JPEG by every EXIF orientation, upright', async () => {
    const stored = await picture().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    for (let orientation = 1; orientation <= 8; orientation++) {
      const file = sharp(stored).withMetadata({ orientation }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
      const image = await decodeImage(await file.toBuffer(), 'phone.jpg');
      const [width, height] = orientation >= 5 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
      expect(image).toMatchObject({ orientationApplied: orientation, raster: { width, height } });
    }
    // 6 = stored turned left: its upright top right corner is the stored top left one.
    const turned = await sharp(stored).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const { raster } = await decodeImage(turned, 'phone.jpg');
    const corner = raster.data.subarray((HEIGHT - 1) * 3, HEIGHT * 3);
    expect(worstDifference(corner, pixels.subarray(0, 3))).toBeLessThan(8);
  });

  it('EXIF orientation in PNG and WebP as in JPEG', async () => {
    const upright = await decodeImage(await picture().rotate(90).png().toBuffer(), 'upright.png');
    for (const file of [picture().png(), picture().webp({ lossless: true }), picture().avif()]) {
      const image = await decodeImage(await file.withMetadata({ orientation: 6 }).toBuffer(), 'phone');
      expect(image.orientationApplied).toBe(6);
      expect(worstDifference(image.raster.data, upright.raster.data)).toBeLessThan(image.format === 'avif' ? 40 : 1);
    }
  });

  it('16 bits and Display P3, saying so', async () => {
    const wide = Uint16Array.from(pixels, (value) => value * 257);
    const deep = await decodeImage(await picture(wide).toColourspace('rgb16').png().toBuffer(), 'deep.png');
    const windowLevel = { low: 0, high: 65_535, rule: 'depth' };
    expect(deep).toMatchObject({ bitDepth: 16, conversions: ['16-bit samples reduced to 8-bit'], windowLevel });
    expect(deep.raster.data).toEqual(pixels);

    const p3File = await picture().withIccProfile('p3').png().toBuffer();
    const p3 = await decodeImage(p3File, 'p3.png');
    expect(p3.conversions).toEqual(['colours converted from Display P3 to sRGB']);
    const unconverted = await sharp(p3File, { ignoreIcc: true }).raw().toBuffer();
    expect(meanDifference(unconverted, pixels)).toBeGreaterThan(3);
    expect(meanDifference(p3.raster.data, pixels)).toBeLessThan(0.5);
    const srgb = await decodeImage(await picture().withIccProfile('srgb').png().toBuffer(), 'srgb.png');
    expect(srgb).toMatchObject({ conversions: [], raster: { data: pixels } });
  });

  it('grey, palette, CMYK and transparency as RGB over white', async () => {
    const grey = await decodeImage(await picture().greyscale().toColourspace('b-w').png().toBuffer(), 'grey.png');
    const [red, green, blue] = grey.raster.data.subarray(300, 303);
    expect([red, green]).toEqual([green, blue]);
    expect((await decodeImage(await picture().png({ palette: true }).toBuffer(), 'p.png')).raster.width).toBe(WIDTH);

    const cmyk = await decodeImage(await picture().toColourspace('cmyk').jpeg().toBuffer(), 'print.jpg');
    expect(cmyk.conversions).toEqual(['CMYK colours converted to sRGB without their profile']);
    expect(cmyk.raster.data).toHaveLength(pixels.length);

    const clear = await decodeImage(
      await picture(new Uint8Array(WIDTH * HEIGHT * 4), 4)
        .png()
        .toBuffer(),
      'clear.png',
    );
    expect(clear.conversions).toEqual(['transparency flattened over white']);
    expect(new Set(clear.raster.data)).toEqual(new Set([255]));
  });

  it.each([
    [1, 1],
    [1500, 10],
    [10, 2000],
  ])('%i x %i', async (width, height) => {
    const { raster } = await decodeImage(encodePng(fillRaster({ width, height })), 'shape.png');
    expect(raster).toMatchObject({ width, height });
  });
});

describe('decodeImage refuses', () => {
  const formats = ['png', 'jpeg', 'webp', 'gif', 'avif'] as const;
  it.each(formats)('%s files that are cut off, wherever', async (format) => {
    const file = await picture().toFormat(format).toBuffer();
    for (const part of [0.3, 0.6, 0.95]) {
      const cut = file.subarray(0, Math.floor(file.length * part));
      await expect(decodeImage(cut, 'cut')).rejects.toMatchObject({ code: 'image-truncated', subject: 'cut' });
    }
  });

  it('a progressive JPEG cut between two scans', async () => {
    const file = await picture().jpeg({ progressive: true }).toBuffer();
    const secondScan = file.indexOf(Buffer.of(0xff, 0xda), file.indexOf(Buffer.of(0xff, 0xda)) + 2);
    await expect(decodeImage(file.subarray(0, secondScan), 'cut.jpg')).rejects.toMatchObject({
      code: 'image-truncated',
    });
  });

  it('a PNG with a flipped byte, and extreme shapes', async () => {
    const flipped = await picture().png().toBuffer();
    flipped[flipped.length >> 1]! ^= 0x55;
    await expect(decodeImage(flipped, 'flip.png')).rejects.toMatchObject({ code: 'image-damaged' });
    const strip = encodePng(fillRaster({ width: 2010, height: 10 }));
    await expect(decodeImage(strip, 'strip.png')).rejects.toMatchObject({ code: 'image-aspect' });
  });
});

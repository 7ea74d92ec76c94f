/**
 * The browser and the command line decode alike: the same pixels, the same description and the same refusals, so that
 * both come to the same verdict.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import sharp, { type Sharp } from 'sharp';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { decodeImage } from '../packages/train/src/host/decodeImage.ts';
import { outcomeOf, valueOf, type Outcome } from '../src/runtime/messages.ts';
import { openHarness, type HarnessPage } from './harness/harnessPage.ts';

const samples = path.resolve(import.meta.dirname, '../public/samples');
const WIDTH = 200;
const HEIGHT = 136;

function picture<T extends Uint8Array | Uint16Array>(data: T, channels: 1 | 3 | 4): Sharp {
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

/** A colourful picture without any symmetry: gradients, a hard edge and some noise; the fourth channel is alpha. */
function sampleAt(index: number, channels: number): number {
  const channel = index % channels;
  const x = Math.floor(index / channels) % WIDTH;
  const y = Math.floor(index / channels / WIDTH);
  const noise = (x * 7919 + y * 104_729 + channel * 31) % 23;
  if (channel === 3) return (x + 2 * y) % 256;
  if (x > 120 && y < 50) return [230, 40, 20][channel]! + noise;
  return Math.min(255, [x, y * 1.5, 230 - x / 2 - y / 2][channel]! + noise);
}

const bytes = (channels: 1 | 3 | 4) =>
  Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, index) => sampleAt(index, channels));
const words = (channels: 1 | 3 | 4) =>
  Uint16Array.from(
    { length: WIDTH * HEIGHT * channels },
    (_, index) => sampleAt(index, channels) * 257 + (index % 200),
  );

const TILED = { compression: 'deflate', tile: true, tileWidth: 64, tileHeight: 64 } as const;
const dim = words(1).map((value) => value >> 4);
const rgb = picture(bytes(3), 3);
const rgba = picture(bytes(4), 4);
const png = (raster: { width: number; height: number }) => Buffer.from(encodePng(fillRaster(raster)));

/** Name, file, by how many levels the pixels may differ: 1 where both convert colours, each with its own rounding. */
const accepted: readonly (readonly [name: string, file: () => Promise<Buffer>, levels: number])[] = [
  ['JPEG 4:2:0', () => rgb.clone().jpeg({ quality: 90 }).toBuffer(), 0],
  ['JPEG 4:4:4', () => rgb.clone().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(), 0],
  ['progressive JPEG', () => rgb.clone().jpeg({ progressive: true }).toBuffer(), 0],
  ['grey JPEG', () => picture(bytes(1), 1).toColourspace('b-w').jpeg().toBuffer(), 0],
  ['CMYK JPEG', () => rgb.clone().toColourspace('cmyk').jpeg().toBuffer(), 1],
  ...[2, 3, 4, 5, 6, 7, 8].map(
    (orientation) =>
      [`JPEG of EXIF ${orientation}`, () => rgb.clone().withMetadata({ orientation }).jpeg().toBuffer(), 0] as const,
  ),
  ['PNG', () => rgb.clone().png().toBuffer(), 0],
  ['interlaced PNG', () => rgb.clone().png({ progressive: true }).toBuffer(), 0],
  ['palette PNG', () => rgb.clone().png({ palette: true, colours: 64 }).toBuffer(), 0],
  ['palette PNG with transparency', () => rgba.clone().png({ palette: true, colours: 64 }).toBuffer(), 0],
  ['grey PNG', () => picture(bytes(1), 1).toColourspace('b-w').png().toBuffer(), 0],
  ['transparent PNG', () => rgba.clone().png().toBuffer(), 0],
  ['16-bit PNG', () => picture(words(3), 3).toColourspace('rgb16').png().toBuffer(), 0],
  ['16-bit grey PNG', () => picture(words(1), 1).toColourspace('grey16').png().toBuffer(), 0],
  ['PNG of EXIF 6', () => rgb.clone().withMetadata({ orientation: 6 }).png().toBuffer(), 0],
  ['PNG with an sRGB profile', () => rgb.clone().withIccProfile('srgb').png().toBuffer(), 0],
  ['Display P3 PNG', () => rgb.clone().withIccProfile('p3').png().toBuffer(), 1],
  ['Display P3 JPEG', () => rgb.clone().withIccProfile('p3').jpeg({ quality: 90 }).toBuffer(), 1],
  ['WebP', () => rgb.clone().webp({ quality: 90 }).toBuffer(), 0],
  ['lossless WebP', () => rgb.clone().webp({ lossless: true }).toBuffer(), 0],
  ['transparent WebP', () => rgba.clone().webp({ lossless: true }).toBuffer(), 0],
  ['WebP of EXIF 8', () => rgb.clone().withMetadata({ orientation: 8 }).webp({ lossless: true }).toBuffer(), 0],
  ['GIF', () => rgb.clone().gif().toBuffer(), 0],
  ['AVIF', () => rgb.clone().avif({ quality: 80 }).toBuffer(), 1],
  ['TIFF', () => rgb.clone().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(), 0],
  ['tiled TIFF of EXIF 6', () => rgb.clone().withMetadata({ orientation: 6 }).tiff(TILED).toBuffer(), 0],
  ['transparent TIFF', () => rgba.clone().tiff({ compression: 'packbits' }).toBuffer(), 0],
  ['16-bit grey TIFF', () => picture(words(1), 1).toColourspace('grey16').tiff(TILED).toBuffer(), 0],
  ['12 bits in a 16-bit PNG', () => picture(dim, 1).toColourspace('grey16').png().toBuffer(), 0],
  ['1 x 1 PNG', async () => png({ width: 1, height: 1 }), 0],
  [
    '1 x 1 JPEG',
    () =>
      sharp(png({ width: 1, height: 1 }))
        .jpeg()
        .toBuffer(),
    0,
  ],
  ['150:1 PNG', async () => png({ width: 1500, height: 10 }), 0],
  ['1:150 JPEG', () => rgb.clone().resize(10, 1500, { fit: 'fill' }).jpeg().toBuffer(), 0],
  ['large JPEG', () => rgb.clone().resize(2100, 1100, { fit: 'fill' }).jpeg().toBuffer(), 0],
];

/** Code of the refusal, and the file. */
const refused: readonly (readonly [code: string, name: string, file: () => Promise<Buffer>])[] = [
  ['image-empty', 'empty.png', async () => Buffer.alloc(0)],
  ['image-not-an-image', 'notes.png', async () => Buffer.from('These are notes about a part, not its picture.\n')],
  ['image-unsupported', 'photo.tif', () => rgb.clone().tiff({ compression: 'jpeg' }).toBuffer()],
  ['image-truncated', 'header-only.tif', async () => Buffer.from('II*\0\x08\0\0\0', 'latin1')],
  ['image-truncated', 'cut.tif', async () => half(await rgb.clone().tiff({ compression: 'lzw' }).toBuffer())],
  ['image-unsupported', 'phone.heic', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
  ['image-too-large', 'huge.png', async () => withPngSize(await rgb.clone().png().toBuffer(), 12_500, 8_001)],
  ['image-aspect', 'strip.png', async () => png({ width: 2010, height: 10 })],
  ['image-truncated', 'cut.png', async () => half(await rgb.clone().png().toBuffer())],
  ['image-truncated', 'cut.jpg', async () => half(await rgb.clone().jpeg().toBuffer())],
  ['image-truncated', 'cut.webp', async () => half(await rgb.clone().webp().toBuffer())],
  ['image-truncated', 'header-only.jpg', async () => Buffer.of(0xff, 0xd8, 0xff)],
  ['image-damaged', 'flipped.png', async () => flipMiddle(await rgb.clone().png().toBuffer())],
];

let harness: HarnessPage;

test.beforeAll(async ({ browser }) => {
  harness = await openHarness(await browser.newPage());
});

test.describe('browser and command line decode to the same pixels', () => {
  for (const [name, makeFile, levels] of accepted) {
    test(name, async () => expectSamePixels(await makeFile(), name, levels));
  }

  test('the samples', async () => {
    const names = (await readdir(samples)).filter((name) => name.endsWith('.jpg'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) await expectSamePixels(await readFile(path.join(samples, name)), name, 0);
  });
});

test.describe('browser and command line refuse with the same words', () => {
  for (const [code, name, makeFile] of refused) {
    test(`${name}: ${code}`, async () => {
      const file = await makeFile();
      const onNode = await outcomeOf(name, () => decodeImage(file, name));
      expect(onNode).toMatchObject({ ok: false, problem: { code, subject: name } });
      expect(withoutDetail(await harness.decode(file, name))).toEqual(withoutDetail(onNode));
    });
  }
});

/** What a decoder says about damage is its own. */
function withoutDetail<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok) return outcome;
  const reason = outcome.problem.reason.replace(/ decoded \(.*\)\.$/, ' decoded.');
  return { ok: false, problem: { ...outcome.problem, reason, detail: undefined } };
}

async function expectSamePixels(file: Buffer, name: string, levels: number): Promise<void> {
  const { raster, ...facts } = await decodeImage(file, name);
  const { raster: ours, ...oursFacts } = valueOf(await harness.decode(file, name));
  expect(oursFacts).toEqual(facts);
  expect([ours.width, ours.height]).toEqual([raster.width, raster.height]);
  expect(worstDifference(ours.data, raster.data), `levels by which ${name} differs`).toBeLessThanOrEqual(levels);
}

function worstDifference(a: Uint8Array, b: Uint8Array): number {
  let worst = a.length === b.length ? 0 : Infinity;
  for (let index = 0; index < a.length; index++) worst = Math.max(worst, Math.abs(a[index]! - b[index]!));
  return worst;
}

const half = (file: Buffer) => file.subarray(0, file.length >> 1);

function flipMiddle(file: Buffer): Buffer {
  file[file.length >> 1]! ^= 0x55;
  return file;
}

/** Promises another size in the header: the pixels of so large a file need not be there. */
function withPngSize(file: Buffer, width: number, height: number): Buffer {
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
}

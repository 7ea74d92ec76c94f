/** Against pixel values computed by Hugging Face transformers (`fixtures/image`, made by scripts/make_golden.py). */
import { readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readSafetensorsHeader, readSafetensorsTensor } from '../model/safetensors.ts';
import type { ByteSource } from '../model/weightSource.ts';
import { fillRaster } from './crop.ts';
import { decodePng } from './png.ts';
import { imageTokenCount, patchify, processImage } from './process.ts';
import { parseProcessorConfig } from './processorConfig.ts';
import type { Raster } from './raster.ts';

const folder = new URL('../../fixtures/image/', import.meta.url);
const source: ByteSource = {
  size: async (path) => (await stat(new URL(path, folder))).size,
  read: async (path, start, end) => {
    const file = await open(new URL(path, folder));
    const { buffer } = await file.read(new Uint8Array(end - start), 0, end - start, start);
    await file.close();
    return buffer;
  },
};
interface GoldenCase {
  image: string;
  tensor: string;
  min_pixels: number;
  max_pixels: number;
  image_grid_thw: [number, number, number];
}
const { cases, use_fast: useFast } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as {
  cases: GoldenCase[];
  use_fast: boolean;
};

describe('processImage against Hugging Face', () => {
  it('is pinned to the Pillow processor', () => expect(useFast).toBe(false));

  it.each(cases)('$tensor', async (golden) => {
    const entries = await readSafetensorsHeader(source, 'pixel_values.safetensors');
    const entry = entries.get(golden.tensor)!;
    const expected = await readSafetensorsTensor(source, 'pixel_values.safetensors', golden.tensor, entry);
    const raster = decodePng(readFileSync(new URL(golden.image, folder)));
    const { processed } = processImage(raster, parseProcessorConfig(golden));
    const { height, width } = processed.grid;
    expect([1, height, width]).toEqual(golden.image_grid_thw);
    expect([height * width, 1176]).toEqual(entry.shape);
    // One grey level is 0.0146; the fixture's float16 rounds by at most 0.001: every pixel is exact.
    const worst = Array.from(expected).reduce(
      (most, value, index) => Math.max(most, Math.abs(value - processed.pixelValues[index]!)),
      0,
    );
    expect(worst).toBeLessThan(0.0015);
  });
});

describe('patchify', () => {
  const config = {
    ...parseProcessorConfig({ patch_size: 1, merge_size: 2 }),
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;

  it('keeps the four patches of a merge group together and doubles the frame', () => {
    // 4 wide, 2 high; red = 1..8 row by row, green = red + 10, blue = red + 20.
    const data = Uint8Array.from({ length: 24 }, (_, index) => Math.floor(index / 3) + 1 + (index % 3) * 10);
    const { pixelValues, grid } = patchify({ width: 4, height: 2, data }, config);
    expect(grid).toEqual({ height: 2, width: 4 });
    const bytes = Array.from(pixelValues, (value) => Math.round(value * 255));
    // Per patch: red twice (two frames), green twice, blue twice.
    expect(bytes.slice(0, 6)).toEqual([1, 1, 11, 11, 21, 21]);
    expect(bytes.filter((_, index) => index % 6 === 0)).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
  });

  it('names the pixels by content and shape', () => {
    const wide: Raster = fillRaster({ width: 4, height: 2 });
    const tall: Raster = fillRaster({ width: 2, height: 4 });
    expect(patchify(wide, config).sha256).toBe(patchify(fillRaster({ width: 4, height: 2 }), config).sha256);
    expect(patchify(wide, config).sha256).not.toBe(patchify(tall, config).sha256);
  });
});

describe('parseProcessorConfig', () => {
  it('reads old and new limits', () => {
    const old = parseProcessorConfig({ min_pixels: 3136, max_pixels: 12_845_056 });
    expect(parseProcessorConfig({ size: { shortest_edge: 3136, longest_edge: 12_845_056 } })).toEqual(old);
    expect(old).toMatchObject({ minPixels: 3136, maxPixels: 12_845_056, patchSize: 14, resampler: 'pillow' });
    expect(parseProcessorConfig({ image_processor_type: 'Qwen2VLImageProcessorFast' }).resampler).toBe('torchvision');
  });

  it('counts the language tokens of an image', () => {
    const config = parseProcessorConfig({});
    const { processed, seen } = processImage(fillRaster({ width: 130, height: 110 }), config);
    expect(seen).toMatchObject({ width: 140, height: 112 });
    expect(imageTokenCount(processed, config)).toBe(20);
  });

  it.each([
    ['patch_size', { patch_size: 0 }],
    ['image_mean', { image_mean: [0.5] }],
    ['maximum', { min_pixels: 10, max_pixels: 5 }],
    ['JSON object', []],
  ])('names what is wrong: %s', (words, json) => {
    expect(() => parseProcessorConfig(json)).toThrow(words);
  });
});

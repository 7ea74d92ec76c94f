/**
 * Golden cases of Hugging Face transformers in the browser, stage by stage: what `agentiad parity` checks on Node.
 * WebGPU is SwiftShader here, half a minute a folder, so that only some run on it.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { GoldenRun } from './harness/api.ts';
import { openHarness, type HarnessPage } from './harness/harnessPage.ts';

const fixtures = path.resolve(import.meta.dirname, '../packages/core/fixtures/golden');
const folders = (await readdir(fixtures)).sort();

const runs = [
  ['wasm', folders],
  ['webgpu', ['one-image', 'several-images', 'wide']],
  ['cpu', ['one-image']],
] as const;

for (const [backend, some] of runs) {
  test.describe(`parity with Hugging Face transformers in the browser, on ${backend}`, () => {
    let harness: HarnessPage;

    // One page for all, which compiles its shaders once.
    test.beforeAll(async ({ browser }) => {
      harness = await openHarness(await browser.newPage());
      await harness.start(backend);
    });

    for (const folder of some) {
      test(`holds for ${folder}, and frees its tensors`, async () => {
        const caseNames = await caseNamesOf(folder);
        const run = await harness.runGolden({ folder, caseNames });
        expect(run.reports.map(({ name }) => name)).toEqual(caseNames);
        expect(failures(run)).toEqual([]);
        expect(run.leakedTensors).toBe(0);
      });
    }
  });
}

test.describe('what is not the golden model is found out in the browser', () => {
  const partialWindow = { folder: 'one-image', caseNames: ['partial-window'] };

  test('one expected logit moved by 1', async ({ page }) => {
    const harness = await openHarness(page);
    await harness.start('wasm');
    await replaceFile(page, 'one-image/cases/partial-window.safetensors', addToFirstValue('logits', 1));
    expect(failures(await harness.runGolden(partialWindow))).toEqual(['partial-window: logits']);
  });

  test('other pixel means', async ({ page }) => {
    const harness = await openHarness(page);
    await harness.start('wasm');
    await replaceFile(page, 'one-image/preprocessor_config.json', (bytes) => {
      const { image_mean: means, ...others } = JSON.parse(bytes.toString()) as { image_mean: number[] };
      return Buffer.from(JSON.stringify({ ...others, image_mean: means.map((mean) => mean + 0.01) }));
    });
    expect(failures(await harness.runGolden(partialWindow))).toEqual(['partial-window: pixel_values']);
  });

  test('a folder without its weights', async ({ page }) => {
    const harness = await openHarness(page);
    await harness.start('wasm');
    await page.route('**/golden/one-image/model.safetensors', (route) => route.fulfill({ status: 404 }));
    await expect(harness.runGolden(partialWindow)).rejects.toThrow(/safetensors/);
  });
});

/** Serves the golden file `file` altered. */
async function replaceFile(page: Page, file: string, alter: (bytes: Buffer) => Buffer): Promise<void> {
  const body = alter(await readFile(path.join(fixtures, file)));
  await page.route(`**/golden/${file}`, (route) => route.fulfill({ body }));
}

/** A safetensors file: 8 bytes of length, as many of JSON, then the values. */
function addToFirstValue(tensor: string, amount: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const begin = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, begin)) as Record<string, { data_offsets: [number, number] }>;
    const at = begin + header[tensor]!.data_offsets[0];
    bytes.writeFloatLE(bytes.readFloatLE(at) + amount, at);
    return bytes;
  };
}

async function caseNamesOf(folder: string): Promise<string[]> {
  const files = await readdir(path.join(fixtures, folder, 'cases'));
  return files.filter((file) => file.endsWith('.json')).map((file) => path.basename(file, '.json'));
}

/** Every stage that was too far off, as `case: stage`. */
function failures({ reports }: GoldenRun): string[] {
  return reports.flatMap(({ name, tensors, greedy }) => {
    const stages = tensors.filter(({ passed }) => !passed).map((tensor) => tensor.name);
    if (greedy.some(({ passed }) => !passed)) stages.push('generated_ids');
    return stages.map((stage) => `${name}: ${stage}`);
  });
}

/**
 * `npx tsx scripts/libraryScale.ts [--count 2000]`: many good parts (256 x 256 pixels, made up) into the library of the built
 * page in Chromium: files a second, how long the page was blocked meanwhile, and how long the library then takes to open.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, expect, type Page } from '@playwright/test';
import sharp from 'sharp';
import { findChromium } from './lib/browser.mjs';
import { buildIfChanged } from './lib/build.mjs';
import { start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

const { values } = parseArgs({ options: { count: { type: 'string', default: '2000' } } });
const SIDE = 256;
const OPENINGS = 3;

await start(async () => {
  const count = Number(values.count);
  await buildIfChanged();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'agentiad-library-'));
  const { url, close } = await serveStudio({ port: 4470, tries: 20 });
  const browser = await chromium.launch({ executablePath: (await findChromium()) ?? undefined });
  try {
    await makeParts(folder, count);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    const seconds = await importAll(page, folder, count);
    const blocked = await page.evaluate<number[]>('globalThis.blocked');
    const opened: number[] = [];
    for (let time = 0; time < OPENINGS; time++) opened.push(await open(page));
    process.stdout.write(
      `${count} files in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} a second; the page was blocked for more than ` +
        `50 ms ${blocked.length} times, at most ${Math.round(Math.max(0, ...blocked))} ms; the library opens in ` +
        `${opened.map(Math.round).join(', ')} ms\n`,
    );
  } finally {
    await browser.close();
    close();
    await rm(folder, { recursive: true });
  }
});

/** Noise, so that no two files are alike and none compresses away. */
async function makeParts(folder: string, count: number): Promise<void> {
  const parts = path.join(folder, 'parts');
  await mkdir(parts);
  for (let index = 0; index < count; index++) {
    const noise = { type: 'gaussian', mean: 120, sigma: 30 } as const;
    const picture = sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: '#808080', noise } });
    await picture.jpeg().toFile(path.join(parts, `part-${index}.jpg`));
  }
}

/** Seconds from the press of Import to its last page. */
async function importAll(page: Page, folder: string, count: number): Promise<number> {
  await page.getByRole('button', { name: 'Library' }).click();
  await page.getByLabel('Name').fill('Many');
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
  await page.getByLabel('Folder of Many').setInputFiles(path.join(folder, 'parts'));
  const begin = page.getByRole('button', { name: new RegExp(`^Import ${count} `) });
  await begin.waitFor({ timeout: 200_000 });
  await page.evaluate(`
    globalThis.blocked = [];
    new PerformanceObserver((list) => blocked.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  `);
  const began = Date.now();
  await begin.click();
  await expect(page.getByText(/^Imported/)).toBeVisible({ timeout: 300_000 });
  const seconds = (Date.now() - began) / 1000;
  await page.getByRole('button', { name: 'Close' }).last().click();
  return seconds;
}

/** Milliseconds from the press of the button to the first frame with its tiles. */
async function open(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Close' }).first().click();
  await expect(page.locator('.exemplar-tile')).toHaveCount(0);
  return page.evaluate<number>(`new Promise((done) => {
    const from = performance.now();
    document.querySelector('[aria-label="Library"]').click();
    const look = () =>
      document.querySelectorAll('.exemplar-tile').length > 4
        ? requestAnimationFrame(() => done(performance.now() - from))
        : requestAnimationFrame(look);
    look();
  })`);
}

/**
 * `node scripts/screenshot.mjs`: the README's picture, `docs/screenshot.png`: the built studio with the shipped model,
 * after it inspected a sample. Nothing in it is drawn by hand.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { findChromium } from './lib/browser.mjs';
import { buildIfChanged } from './lib/build.mjs';
import { root, ScriptError, start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

const sample = 'Crown cap, stained';
const largestBytes = 400_000;

await start(async () => {
  await buildIfChanged();
  const { url, close } = await serveStudio({ port: 4400, tries: 20 });
  const browser = await chromium.launch({ executablePath: (await findChromium()) ?? undefined });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(url);
    await page.getByRole('button', { name: sample }).click();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.getByText(/^(Needs review|Normal|Defect)$/).waitFor({ timeout: 120_000 });
    await page.keyboard.press('End');
    await page.waitForTimeout(1000);
    const picture = await sharp(await page.screenshot())
      .png({ palette: true, quality: 95 })
      .toBuffer();
    if (picture.length > largestBytes) throw new ScriptError(`The picture has ${picture.length} bytes; too many.`);
    await writeFile(path.join(root, 'docs', 'screenshot.png'), picture);
    console.log(`docs/screenshot.png, ${picture.length} bytes`);
  } finally {
    await browser.close();
    close();
  }
});

/**
 * `npx tsx scripts/validateShared.ts FOLDER [--backend webgpu] [--out FILE] [--screens DIR]`: what a new user does with
 * a folder of photographs (good parts in `train/good`, known good and bad ones in `test`), in the built page in
 * Chromium from a cold profile: clicks, time, and the figures that the page comes to. JSON on stdout or in FILE.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { validateFolder } from '../e2e/newUser.ts';
import { findChromium } from './lib/browser.mjs';
import { buildIfChanged } from './lib/build.mjs';
import { root, start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { backend: { type: 'string' }, out: { type: 'string' }, screens: { type: 'string' } },
});
const MOST_MS = 15 * 60_000;

interface Outcome {
  readonly name: string;
  readonly truth: string;
  readonly score: number | null;
  readonly libraryScore: number | null;
  readonly durationMs: number;
}

await start(async () => {
  const folder = positionals[0];
  if (!folder) throw new Error('Name a folder of photographs.');
  await buildIfChanged();
  const { url, close } = await serveStudio({ port: 4440, tries: 20 });
  const browser = await chromium.launch({
    executablePath: (await findChromium()) ?? undefined,
    args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(values.backend ? `${url}?backend=${values.backend}` : url);
    const way = await validateFolder(page, folder, MOST_MS);
    const { recipe, outcomes } = await stored(page);
    const { escape, overkill, review, auroc, libraryMatchAuroc, status, reasons, n, good, bad } = recipe.validation!;
    const times = outcomes.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
    const report = {
      set: path.basename(folder),
      backend: values.backend ?? 'as chosen by the page',
      browser: browser.version(),
      ...way,
      ...{ n, good, bad, exemplars: recipe.exemplarSha256.length, status, reasons },
      ...{ auroc, libraryMatchAuroc, escape, overkill, review },
      secondsPerPart: times[times.length >> 1]! / 1000,
      outcomes: outcomes.map(({ name, truth, score, libraryScore }) => ({ name, truth, score, libraryScore })),
      recipe,
    };
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (values.out) await writeFile(values.out, text);
    else process.stdout.write(text);
    if (values.screens) await screens(page, values.screens, path.basename(folder));
  } finally {
    await browser.close();
    close();
  }
});

/** The recipe and what came of each image, as the page stored them. */
async function stored(page: Page): Promise<{ recipe: Recipe; outcomes: Outcome[] }> {
  return page.evaluate(await readFile(path.join(root, 'scripts', 'lib', 'storedInPage.js'), 'utf8'));
}

async function screens(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [index, heading] of [
      'Images of known truth',
      'Where to draw the lines',
      'What a score means',
    ].entries()) {
      await page.getByRole('heading', { name: heading }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: path.join(folder, `${name}-${scheme}-${index + 1}.png`) });
    }
  }
}

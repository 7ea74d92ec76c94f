/**
 * `npx tsx scripts/timePrediction.ts [FOLDER ...] [--backend webgpu]`: how long inspections take beside how long the built
 * page says before each that they will, in Chromium, every kind of part from a cold profile. A part of no kind first; a
 * sample again and again once its good parts are prepared. Folders of photographs (`train/good`, `test`): the whole validation. Times are those the page stores.
 * Prints a Markdown table.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, expect, type Page } from '@playwright/test';
import { validateFolder } from '../e2e/newUser.ts';
import { findChromium } from './lib/browser.mjs';
import { buildIfChanged } from './lib/build.mjs';
import { root, start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { backend: { type: 'string' } } });

/** Samples, one of each kind of part, by title. */
const SAMPLES = ['Flange, scratched', 'Blister pack, good', 'Circuit board, copper bridge', 'Crown cap, stained'];
const PART = 'public/samples/flange-good.jpg';
const AGAIN = 3;
const MOST_MS = 5 * 60_000;
/** On the empty page, once the speed is measured. */
const FORETOLD = /About [\d.]+ \w+ a part\./;
/** Off by no more than this share of what it took. */
const ALLOWED = 0.3;

interface Pair {
  readonly what: string;
  readonly said: number | null;
  readonly took: number;
}

interface Finished {
  readonly status?: string;
  readonly created?: string;
  readonly durationMs: number;
}

await start(async () => {
  await buildIfChanged();
  const { url, close } = await serveStudio({ port: 4450, tries: 20 });
  const browser = await chromium.launch({
    executablePath: (await findChromium()) ?? undefined,
    args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  });
  const pairs: Pair[] = [];
  try {
    const cold = async (work: (page: Page) => Promise<Pair[]>) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(values.backend ? `${url}?backend=${values.backend}` : url);
      await expect(page.getByText(FORETOLD)).toBeVisible({ timeout: 30_000 });
      pairs.push(...(await work(page)));
      await context.close();
    };
    for (const title of SAMPLES) await cold((page) => sample(page, title));
    for (const folder of positionals) await cold((page) => validation(page, folder));
  } finally {
    await browser.close();
    close();
  }
  print(pairs);
});

/** The first inspection there is a word about is of a part without a kind; then each sample, which prepares its good parts. */
async function sample(page: Page, title: string): Promise<Pair[]> {
  const said = secondsIn(await page.getByText(FORETOLD).textContent());
  await page.getByLabel('Images to inspect, or a saved trace').setInputFiles(PART);
  const pairs: Pair[] = [{ what: 'a first part, of no kind', said, took: await newest(page, 1) }];
  await page.getByRole('button', { name: 'New inspection' }).click();
  await page.getByRole('button', { name: title }).first().click();
  await newest(page, 2);
  for (let time = 1; time <= AGAIN; time++) {
    const again = page.getByRole('button', { name: 'Inspect again', exact: true });
    await expect(again).toBeEnabled();
    const next = secondsIn(await again.getAttribute('title'));
    await again.click();
    pairs.push({ what: `${title}: ${time + 1}.`, said: next, took: await newest(page, time + 2) });
  }
  return pairs;
}

async function validation(page: Page, folder: string): Promise<Pair[]> {
  let said: number | null = null;
  await validateFolder(page, folder, MOST_MS, async (library) => {
    said = secondsIn(
      await library
        .getByText(/About \S+ (sec|min|hr)\./)
        .first()
        .textContent(),
    );
  });
  const took = (await durations(page, 'outcomes')).reduce((sum, seconds) => sum + seconds, 0);
  return [{ what: `${path.basename(folder)}: validation`, said, took }];
}

/** Seconds of the newest of `count` finished inspections. */
async function newest(page: Page, count: number): Promise<number> {
  let all: number[] = [];
  await expect
    .poll(async () => (all = await durations(page, 'runs')).length, { timeout: MOST_MS, intervals: [200] })
    .toBe(count);
  return all.at(-1)!;
}

/** Seconds of what is finished, oldest first, as the page stored them. */
async function durations(page: Page, store: 'runs' | 'outcomes'): Promise<number[]> {
  const script = await readFile(path.join(root, 'scripts', 'lib', 'storedInPage.js'), 'utf8');
  const stored = await page.evaluate<Readonly<Record<'runs' | 'outcomes', readonly Finished[]>>>(script);
  return stored[store]
    .filter(({ status }) => status !== 'running')
    .toSorted((a, b) => ((a.created ?? '') < (b.created ?? '') ? -1 : 1))
    .map(({ durationMs }) => durationMs / 1000);
}

function secondsIn(text: string | null): number | null {
  const found = /about ([\d.,]+) (sec|min|hr)/i.exec(text ?? '');
  return found ? Number(found[1]) * { sec: 1, min: 60, hr: 3600 }[found[2] as 'sec' | 'min' | 'hr'] : null;
}

function print(pairs: readonly Pair[]): void {
  const lines = pairs.map(({ what, said, took }) => {
    const off = said === null ? '–' : `${(100 * (said / took - 1)).toFixed(0)} %`;
    return `| ${what} | ${said === null ? 'nothing said' : said.toFixed(1)} | ${took.toFixed(1)} | ${off} |`;
  });
  const near = pairs.filter(({ said, took }) => said !== null && Math.abs(said / took - 1) <= ALLOWED).length;
  process.stdout.write(
    [
      '| what | said, s | took, s | off |',
      '|---|---|---|---|',
      ...lines,
      '',
      `${near} of ${pairs.length} within 30 %`,
      '',
    ].join('\n'),
  );
}

/** Files of inspections: the replay that is one page, and traces, folders and piles of files that are not as they should be. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { slowWorker } from './patchedWorker.ts';
import { chooseFiles, expect, expectVerdict, openStudio, SAMPLES, samplePath, test } from './studio.ts';

const RECORDED = 'e2e/fixtures/recorded.trace.json';
const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Trace;
const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const problems = (page: Page) => page.getByRole('region', { name: 'Problems' });

/** What a page must not be made to do by words in a trace. */
const HOSTILE = '</script><script>window.hurt = 1</script><img src=x onerror="window.hurt = 1"><!--<script>';

async function saveReplay(page: Page, file: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as one file' }).click(),
  ]);
  await download.saveAs(file);
  return pathToFileURL(file).href;
}

test('a replay saved as one file opens offline and is stepped through', async ({ page, context }, testInfo) => {
  await openStudio(page);
  // The image itself is here too, as in the studio that made the run.
  await chooseFiles(page, samplePath('flange-scratch.jpg'));
  await expectVerdict(page);
  const hostile = {
    ...recorded,
    verdict: { ...recorded.verdict, verdict: { ...recorded.verdict.verdict, reason: HOSTILE } },
    steps: recorded.steps.map((step) => ({ ...step, rawText: HOSTILE + step.rawText, thought: HOSTILE })),
  };
  await chooseFiles(page, json('hostile.trace.json', JSON.stringify(hostile)));
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  const url = await saveReplay(page, testInfo.outputPath('run.replay.html'));

  const replay = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  replay.on('pageerror', (error) => errors.push(error.message));
  replay.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  replay.on('request', (request) => void (/^(data|blob):/.test(request.url()) || requests.push(request.url())));
  await context.setOffline(true);
  await replay.goto(url);
  await expect(replay.getByRole('heading', { name: 'flange-scratch.jpg' })).toBeVisible();
  await expect(replay.getByText('Recorded for demonstration')).toBeVisible();
  await expect(replay.getByRole('region', { name: 'Verdict' })).toContainText('Needs review');
  await replay.keyboard.press('Home');
  for (let step = 1; step <= 12; step++) {
    await replay.keyboard.press('ArrowRight');
    await expect(replay.getByText(`step ${step} / 12`)).toBeVisible();
    await expect(replay.getByRole('img', { name: new RegExp(`, step ${step}\\b`) })).toBeVisible();
  }
  await expect(replay.getByRole('button', { name: 'a thin bright line left of the bore' })).toBeVisible();
  await replay.getByRole('button', { name: 'First step' }).click();
  await expect(replay.getByText('step 0 / 12')).toBeVisible();
  await expect(replay.getByText(HOSTILE, { exact: false }).first()).toBeVisible();
  expect(await replay.evaluate(() => 'hurt' in window)).toBe(false);
  expect(requests).toEqual([url]);
  expect(errors).toEqual([]);
  await context.setOffline(false);
});

test('a trace that is cut off, foreign or newer is explained, and the run on the stage stays', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, RECORDED);
  const text = JSON.stringify(recorded);
  await chooseFiles(page, [
    json('cut.trace.json', text.slice(0, 5000)),
    json('verdict.json', JSON.stringify(recorded.verdict)),
    json('newer.trace.json', text.replace('agentiad-trace/1', 'agentiad-trace/3')),
  ]);
  for (const [name, cause] of [
    ['cut.trace.json', 'cut off'],
    ['verdict.json', 'verdict without its steps'],
    ['newer.trace.json', 'newer version'],
  ] as const)
    await expect(problems(page).getByRole('listitem').filter({ hasText: name })).toContainText(cause);
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  await chooseFiles(page, json('bare.trace.json', JSON.stringify({ ...recorded, assets: {} })));
  await expect(problems(page)).toContainText('What the model saw is missing for: the whole part');
  await expect(page.getByText('step 12 / 12')).toBeVisible();
});

test('a folder of forty files and more: every image is taken in, every other file is named', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('parts');
  mkdirSync(path.join(folder, 'more'), { recursive: true });
  const image = readFileSync(samplePath(SAMPLES[0]!.part));
  // Trailing bytes make each file another one without changing its pixels.
  for (let index = 0; index < 40; index++) {
    const place = index < 20 ? folder : path.join(folder, 'more');
    writeFileSync(path.join(place, `part-${index}.jpg`), Buffer.concat([image, Buffer.from([index])]));
  }
  for (let index = 0; index < 6; index++) writeFileSync(path.join(folder, `note-${index}.txt`), 'not an image');
  // The first one is inspected all the while.
  await slowWorker(page, 1000);
  await openStudio(page);
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  await expect(page.getByText('39 waiting')).toBeVisible({ timeout: 60_000 });
  await expect(problems(page)).toContainText('6 files');
  await expect(problems(page)).toContainText('note-0.txt');
});

/** A recipe from its first change to another computer: areas, versions, one file, and the same verdict by the command. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import type { Verdict } from '../packages/core/src/protocol/verdict.ts';
import { chooseFiles, expect, expectVerdict, openStudio, readDownload, SAMPLES, samplePath, test } from './studio.ts';

const SAMPLE = SAMPLES[0]!;

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Library', exact: true }).first().click();
  await page.getByRole('tab', { name }).click();
}

async function drag(page: Page, on: Locator, from: readonly [number, number], to: readonly [number, number]) {
  const box = (await on.boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

async function inspectAgain(page: Page): Promise<Verdict> {
  await page.getByRole('button', { name: 'Inspect again' }).click();
  await expect(page.getByRole('button', { name: 'Save verdict' })).toBeHidden();
  await expectVerdict(page);
  return (await readDownload(page, 'Save verdict')) as Verdict;
}

test('a recipe: an area drawn, versions named, one file out, in again, and the command agrees', async ({
  page,
  browser,
  baseURL,
}, testInfo) => {
  await openStudio(page, '?backend=wasm');
  await page.getByRole('button', { name: SAMPLE.title }).click();
  await expectVerdict(page);

  await openTab(page, 'Recipe');
  await expect(page.getByText('No recipe yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Ignore a rectangle' }).click();
  await drag(page, page.getByRole('application'), [0.3, 0.2], [0.42, 0.4]);
  await expect(page.getByRole('list', { name: 'Areas' }).getByText('Ignore 1')).toBeVisible();
  await expect(page.getByRole('button', { name: 'v1', exact: true })).toBeVisible();
  await page.getByLabel('File names').fill('{part}-{lot}');
  await expect(page.getByRole('button', { name: 'v2', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  const first = await inspectAgain(page);
  expect(first.recipe).toMatchObject({ version: 2, name: SAMPLE.category });
  expect(first.settings.areas?.ignore).toHaveLength(1);
  expect(first.part).toMatchObject({ part: 'flange', lot: 'chip' });

  await openTab(page, 'Recipe');
  await page.getByLabel('Specification').fill('All holes round.');
  await expect(page.getByRole('button', { name: 'v3', exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await expect(page.getByText('Specification reworded')).toBeVisible();
  await page.getByRole('tab', { name: 'Recipe' }).click();
  const file = testInfo.outputPath('flange.agentiad-recipe');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('tabpanel').getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('flange-v3.agentiad-recipe');
  await download.saveAs(file);
  const command = promisify(execFile)(
    process.execPath,
    [
      ...['packages/train/bin/agentiad.mjs', 'inspect', samplePath(SAMPLE.part)],
      ...['--recipe', file, '--json', '-', '--backend', 'wasm'],
    ],
    { maxBuffer: 1e8 },
  );

  const other = await browser.newContext({ baseURL });
  const elsewhere = await other.newPage();
  await openStudio(elsewhere, '?backend=wasm');
  await chooseFiles(elsewhere, file);
  await expect(elsewhere.getByText('5 good parts: 5 new, 0 already here.')).toBeVisible();
  await elsewhere.getByRole('button', { name: 'Take it in' }).click();
  await expect(elsewhere.getByRole('button', { name: 'v3', exact: true })).toBeVisible();
  await elsewhere.keyboard.press('Escape');
  await chooseFiles(elsewhere, samplePath(SAMPLE.part));
  await expectVerdict(elsewhere);
  const there = (await readDownload(elsewhere, 'Save verdict')) as Verdict;
  await other.close();

  const byCommand = JSON.parse((await command).stdout) as Verdict;
  for (const verdict of [there, byCommand]) {
    expect(verdict.recipe).toEqual({ ...first.recipe, version: 3 });
    expect(verdict.part).toEqual(first.part);
  }
  expect(byCommand.settings).toEqual(there.settings);
  expect(byCommand.steps.map(({ tool, args, ok }) => ({ tool, args, ok }))).toEqual(
    there.steps.map(({ tool, args, ok }) => ({ tool, args, ok })),
  );
  expect(byCommand.verdict.label).toBe(there.verdict.label);
  expect(byCommand.verdict.reason).toBe(there.verdict.reason);
  expect(Math.abs(byCommand.verdict.score! - there.verdict.score!)).toBeLessThanOrEqual(0.02);
});

/** The library file: saved in one browser, opened in another and by the command line; and a disk without room. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { checkDocument } from '../packages/core/src/protocol/schema.ts';
import {
  addGoodParts,
  chooseFiles,
  expect,
  expectVerdict,
  openStudio,
  readDownload,
  SAMPLES,
  samplePath,
  test,
  verdict,
} from './studio.ts';

const sample = SAMPLES[0]!;

test('a library saved as a file opens elsewhere, and the command line compares with it', async ({
  page,
  browser,
}, testInfo) => {
  await openStudio(page);
  await addGoodParts(page, 'My part', sample.types, sample.exemplars.map(samplePath));
  await page.getByRole('button', { name: '5 good parts' }).click();
  const saved = await readDownload(page, 'Save as a file');
  expect(checkDocument('library', saved)).toMatchObject({ ok: true });
  const file = testInfo.outputPath('My-part.library.json');
  await writeFile(file, JSON.stringify(saved));

  const elsewhere = await browser.newPage();
  await openStudio(elsewhere, page.url().replace(/#.*/, ''));
  await chooseFiles(elsewhere, file);
  await expect(elsewhere.getByText('5 good parts: enough to tell what is unusual.')).toBeVisible();
  await expect(elsewhere.getByText(/^Defects it is asked about: /)).toContainText(sample.types[0]!.replace('_', ' '));
  await elsewhere.close();

  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['packages/train/bin/agentiad.mjs', 'inspect', samplePath(sample.part), '--library', file],
    ...['--json', '-', '--backend', 'wasm'],
  ]);
  const checked = checkDocument('verdict', JSON.parse(stdout));
  expect(checked).toMatchObject({
    ok: true,
    value: { part: { category: 'My part' }, libraryMatch: { exemplarCount: 5 } },
  });
});

test('a full disk loses nothing: cause and remedy are named, the result can be saved, good parts stay', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
      if ('diskIsFull' in window) throw new DOMException('The disk is full.', 'QuotaExceededError');
      return put.apply(this, args);
    };
  });
  await openStudio(page);
  await addGoodParts(page, 'Kept part', sample.types, sample.exemplars.map(samplePath));
  await page.evaluate(() => Object.assign(window, { diskIsFull: true }));
  await chooseFiles(page, samplePath(sample.part));
  await expectVerdict(page);
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems).toContainText('is full, so this was not saved. Everything saved before is still there.');
  await expect(problems).toContainText('Export the result now, then delete old inspections or free disk space.');
  expect(checkDocument('verdict', await readDownload(page, 'Save verdict'))).toMatchObject({ ok: true });

  await page.getByRole('button', { name: 'New inspection' }).click();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('dialog').getByText(sample.part).click();
  await expect(verdict(page).getByText(/The agent says/)).toBeVisible();

  await expect(page).toHaveURL(/#\/inspect\//);
  await page.reload();
  await page.getByLabel('Kind of part').selectOption('Kept part');
  await expect(page.getByRole('button', { name: '5 good parts' })).toBeVisible();
});

test('a place in the verdict is shown on the stage when its reason is chosen', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: sample.title }).click();
  await expectVerdict(page);
  await page.keyboard.press('Home');
  await expect(page.getByText(/^step 0 \//)).toBeVisible();
  await page.getByRole('list', { name: 'Reasons' }).getByRole('button').first().click();
  await expect(page.getByText(/^step [1-9] \//)).toBeVisible();
});

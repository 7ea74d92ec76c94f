/** The main job in the browser: a sample and an own photograph reach a verdict; the files to keep are valid. */
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

test('a sample reaches its verdict with one click, within 30 seconds of opening the page', async ({ page }) => {
  const begun = Date.now();
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page, 30_000);
  expect(Date.now() - begun).toBeLessThan(30_000);
  await expect(verdict(page).getByText('not validated on this kind of part')).toBeVisible();
  await expect(verdict(page).getByText(/The agent says/)).toBeVisible();
  await expect(page.getByText(/demo model: trained on/)).toBeVisible();
  await expect(page.getByText('Nothing leaves this device')).toBeVisible();
});

test('saved verdict and trace fit their schemas, and the trace opens as a replay', async ({ page }, testInfo) => {
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[1]!.title }).click();
  await expectVerdict(page);
  const saved = await readDownload(page, 'Save verdict');
  const trace = checkDocument('trace', await readDownload(page, 'Save trace'));
  expect(checkDocument('verdict', saved)).toMatchObject({ ok: true });
  expect(trace).toMatchObject({ ok: true });
  expect(trace.ok && trace.value.verdict).toEqual(saved);

  const file = testInfo.outputPath('copy.trace.json');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, JSON.stringify(trace.ok && trace.value));
  await chooseFiles(page, file);
  await expect(verdict(page).getByText(/imported$/)).toBeVisible();
});

test('an own photograph is compared with own good parts', async ({ page }) => {
  const sample = SAMPLES[0]!;
  await openStudio(page);
  await addGoodParts(page, 'My part', sample.types, sample.exemplars.map(samplePath));
  await chooseFiles(page, samplePath(sample.part));
  await expectVerdict(page);
  await expect(verdict(page).getByText(/the 5 good parts/)).toBeVisible();
  await page
    .getByRole('button', { name: /^Finds what differs/ })
    .first()
    .click();
  await expect(page.getByText(/^\d\.\d\d× · .*the 5 good parts/).first()).toBeVisible();
});

test('an image without a category is inspected without comparing, and says so', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, samplePath(SAMPLES[0]!.part));
  await expect(page.getByLabel('Kind of part')).toHaveValue('');
  await expect(page.getByRole('button', { name: /^Add .*good parts$/ })).toBeVisible();
  await expect(verdict(page).getByText('Not compared').first()).toBeVisible({ timeout: 60_000 });
});

test('several images: the first is inspected, the others wait', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(
    page,
    SAMPLES.slice(0, 3).map((sample) => samplePath(sample.part)),
  );
  await expect(page.getByText('2 waiting')).toBeVisible();
});

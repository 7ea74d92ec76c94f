/** A recipe proved on known images: what a new user does, and that the page says how far the result may be trusted. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { validateFolder } from './newUser.ts';
import { expect, openStudio, SAMPLES, samplePath, test } from './studio.ts';

let folder: string;

/** Good parts and known ones of one sample's kind; each image is made a little lighter or darker than the others. */
test.beforeAll(async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-validation-'));
  folder = path.join(root, 'part');
  const { part, exemplars } = SAMPLES[0]!;
  const put = async (from: string, to: string, lightness: number) => {
    await mkdir(path.dirname(path.join(folder, to)), { recursive: true });
    await sharp(samplePath(from)).linear(lightness, 0).jpeg({ quality: 92 }).toFile(path.join(folder, to));
  };
  for (const [index, exemplar] of exemplars.entries()) await put(exemplar, `train/good/${index}.jpg`, 1);
  for (let index = 0; index < 4; index++) {
    await put(exemplars[index % exemplars.length]!, `test/good/${index}.jpg`, 0.9 + 0.01 * index);
    await put(part, `test/defect/${index}.jpg`, 0.95 + 0.02 * index);
  }
});

test.afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

test('from a folder to an honestly provisional recipe in a few clicks, and on to a worst case', async ({ page }) => {
  await openStudio(page);
  const { clicks } = await validateFolder(page, folder, 90_000);
  expect(clicks).toBeLessThanOrEqual(15);
  const library = page.getByRole('dialog', { name: /Library/ });
  await expect(library.getByText('Provisional.')).toBeVisible();
  await expect(library.getByText('8 labelled images; 20 are needed')).toBeVisible();
  await expect(library.getByRole('row', { name: /^AUROC/ })).toContainText(/[01]\.\d\d.*95 %/);
  await expect(library.getByText(/^\d escapes? in 4 bad parts means up to \d+% escape rate at 95 %\.$/)).toBeVisible();

  // A handle recounts at once; nothing is inspected anew.
  const cells = library.getByRole('table').nth(1).getByRole('cell');
  const before = await cells.allTextContents();
  await library.getByRole('slider', { name: 'Normal below' }).press('Home');
  await expect(cells.first()).toHaveText('0');
  expect(await cells.allTextContents()).not.toEqual(before);
  await library.getByRole('tab', { name: 'Versions' }).click();
  await library.getByRole('tab', { name: 'Validation' }).click();
  await expect(library.getByText('All 8 images were inspected.')).toBeVisible();

  await library.getByRole('list').last().getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('inspected for a validation');
});

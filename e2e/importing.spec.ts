/** A folder is imported by the directory field and by dropping it: looked at first, whole, and taken back as a whole. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { expect, openStudio, SAMPLES, samplePath, test } from './studio.ts';

const sample = SAMPLES[0]!;

/** A tree as MVTec AD has it, of the sample's pictures. */
async function makeTree(root: string): Promise<string> {
  const tree = path.join(root, 'flange');
  const put = async (from: string, to: string) => {
    await mkdir(path.dirname(path.join(tree, to)), { recursive: true });
    await cp(samplePath(from), path.join(tree, to));
  };
  for (const [index, name] of sample.exemplars.entries()) await put(name, `train/good/${index}.jpg`);
  await put(sample.exemplars[0]!, 'train/good/copy.jpg');
  await put(sample.part, 'test/scratch/0.jpg');
  await put(sample.part, 'ground_truth/scratch/0_mask.jpg');
  await writeFile(path.join(tree, 'train/good/broken.jpg'), 'no image');
  return tree;
}

test('a folder in MVTec’s layout: good parts are taken, tests only when asked, and all of it is undone', async ({
  page,
}, testInfo) => {
  const tree = await makeTree(testInfo.outputPath());
  await openStudio(page);
  await page.getByRole('button', { name: 'Library' }).click();
  await page.getByLabel('Name').fill('My flange');
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
  await page.getByLabel('Folder of My flange').setInputFiles(tree);
  await expect(page.getByRole('heading', { name: /^The layout of MVTec AD/ })).toBeVisible();
  const list = (text: string) => page.locator('details').filter({ hasText: text });
  await expect(list('Cannot be read')).toContainText('1');
  await expect(list('Copies of images')).toContainText('1');
  await expect(list('Marks of defects')).toContainText('1');
  await page.getByRole('checkbox', { name: 'Also take 1 labelled image for validation' }).check();
  await page.getByRole('button', { name: 'Import 6 images' }).click();
  await expect(page.getByText('Imported: 5 good parts, 1 labelled images')).toBeVisible();
  await page.getByRole('button', { name: 'Undo the import' }).click();
  await expect(page.getByText('The import was undone')).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(page.getByText('No good parts yet')).toBeVisible();
});

test('a dropped folder of 300 files arrives whole, and is moved in by key', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('many');
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < 300; index++) {
    const background = { r: index % 256, g: index >> 8, b: 90 };
    await sharp({ create: { width: 24, height: 24, channels: 3, background } })
      .png()
      .toFile(path.join(folder, `${index}.png`));
  }
  await openStudio(page);
  await page.getByRole('button', { name: 'Library' }).click();
  await page.getByLabel('Name').fill('Many');
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
  const devTools = await page.context().newCDPSession(page);
  const at = { x: 700, y: 400, data: { items: [], files: [folder], dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devTools.send('Input.dispatchDragEvent', { type, ...at });
  await page.getByRole('button', { name: 'Import 300 images' }).click();
  await expect(page.getByText('Imported: 300 good parts')).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();

  await page.getByRole('gridcell').first().click();
  await page.keyboard.press('End');
  await expect(page.getByRole('gridcell', { name: '299.png' })).toBeFocused();
  await page.keyboard.press('Control+a');
  await expect(page.getByText('300 of 300 picked')).toBeVisible();
  await page.keyboard.press('x');
  await expect(page.getByText('No good parts yet: nothing is compared.')).toBeVisible();
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('300 shown')).toBeVisible();
});

/** Bad files are refused one by one, with name, cause and remedy; the rest of the drop goes on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { chooseFiles, expect, openStudio, SAMPLES, samplePath, test, verdict } from './studio.ts';

const good = readFileSync(samplePath(SAMPLES[0]!.part));
const file = (name: string, buffer: Buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

test('refuses what it cannot read, names each file, and inspects the rest', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, [
    file('empty.png', Buffer.alloc(0)),
    file('letter.png', Buffer.from('Dear Sir or Madam, this is a letter.')),
    file('cut.jpg', good.subarray(0, 400), 'image/jpeg'),
    file('scan.tiff', Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0]), 'image/tiff'),
    file('fine.jpg', good, 'image/jpeg'),
  ]);
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems.getByRole('listitem')).toHaveCount(4);
  for (const name of ['empty.png', 'letter.png', 'cut.jpg', 'scan.tiff'])
    await expect(problems.getByRole('listitem').filter({ hasText: name })).toBeVisible();
  await expect(problems).not.toContainText(/\bat .*:\d+:\d+/);
  await expect(page.getByText('fine.jpg', { exact: true })).toBeVisible();
  await expect(verdict(page)).toBeVisible();
  await problems.getByRole('button', { name: 'Dismiss all' }).click();
  await expect(problems).toBeHidden();
});

test('a JSON file that is no trace is refused, wherever it is dropped; the page stays', async ({ page }, testInfo) => {
  await openStudio(page);
  const address = page.url();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'History' }).click();
  const dropped = testInfo.outputPath('settings.json');
  writeFileSync(dropped, '{"a": 1}');
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [dropped], dragOperationsMask: 1 };
  // On the open drawer, which lies outside the page's own element.
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, x: 1000, y: 500, data });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Problems' })).toContainText('settings.json');
  expect(page.url().split('#')[0]).toBe(address.split('#')[0]);
});

test('a damaged model is named, and everything else still works', async ({ page }) => {
  await page.route('**/models/nano/*.bin', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length >> 1]! ^= 1;
    await route.fulfill({ response, body });
  });
  await openStudio(page);
  await expect(page.getByRole('alert')).toContainText('The model could not be loaded');
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.getByRole('dialog', { name: 'History' })).toBeVisible();
});

test('an unknown backend in the address is refused with the known ones', async ({ page }) => {
  await openStudio(page, '?backend=quantum');
  await expect(page.getByRole('alert')).toContainText('webgpu, wasm, cpu');
});

/** Storage: one tab writes and hands over; a backup saved, the data of the site deleted, and restored, gives all back. */
import { readFileSync } from 'node:fs';
import { chooseFiles, expect, openStudio, test } from './studio.ts';

const recorded = readFileSync('e2e/fixtures/recorded.trace.json');
const trace = { name: 'run.trace.json', mimeType: 'application/json', buffer: recorded };
const part = (JSON.parse(recorded.toString()) as { verdict: { image: { name: string } } }).verdict.image.name;

test('a second tab reads only, says so, follows the first, and takes over with all that it wrote', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const second = await context.newPage();
  await openStudio(second);
  const banner = second.getByRole('region', { name: 'This tab only reads' });
  await expect(banner).toContainText('another tab, which writes');
  await chooseFiles(page, trace);
  await expect(page.getByText(part).first()).toBeVisible();

  await second.getByRole('button', { name: 'History' }).click();
  await expect(second.getByRole('dialog').getByText(part)).toBeVisible();
  await second.keyboard.press('Escape');
  await chooseFiles(second, 'public/samples/samples.json');
  await banner.getByRole('button', { name: 'Use this tab instead' }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByRole('region', { name: 'This tab only reads' })).toBeVisible();

  // Closed, it leaves the writing to the other one.
  await second.close();
  await page.getByRole('button', { name: 'Use this tab instead' }).click();
  await expect(page.getByRole('region', { name: 'This tab only reads' })).toBeHidden();
});

test('a backup gives everything back after the browser’s data was deleted, and says what it will do before', async ({
  page,
  context,
}) => {
  await openStudio(page);
  await chooseFiles(page, trace);
  await expect(page.getByText(part).first()).toBeVisible();
  await page.keyboard.press('d');
  await page.getByRole('button', { name: /^Storage:/ }).click();
  await page.getByRole('button', { name: 'Open storage and backup' }).click();
  const drawer = page.getByRole('dialog', { name: 'Storage' });
  await expect(drawer.getByText('There is no backup yet.')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    drawer.getByRole('button', { name: 'Save a backup' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^agentiad-.*\.agentiad-backup\.zip$/);
  await expect(drawer.getByText(/^Last backup/)).toBeVisible();

  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' });
  await page.goto('#/?drawer=storage');
  await page.reload();
  await drawer.getByLabel('Backup file to restore').setInputFiles(await download.path());
  await expect(drawer.getByRole('row', { name: /^Inspections 1 0 0 0/ })).toBeVisible();
  await expect(drawer.getByRole('row', { name: /^Decisions 1 0 0 0/ })).toBeVisible();
  await drawer.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(drawer.getByText(/entries restored/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('dialog').getByText(part).click();
  await expect(page.getByRole('group', { name: 'Your decision' })).toContainText('Defective');
});

test('the browser deletes the data under the open page: told, with what to do', async ({ page, context }) => {
  await openStudio(page);
  await chooseFiles(page, trace);
  await expect(page.getByText(part).first()).toBeVisible();
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.getByRole('dialog').getByText(part)).toBeVisible();
  await page.keyboard.press('Escape');
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' });
  await expect(page.getByText(/was closed by the browser/)).toBeVisible();
});

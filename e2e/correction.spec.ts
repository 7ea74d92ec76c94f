/** Boxes corrected on the stage become a labelled set for training. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { ManifestRow } from '../packages/core/src/protocol/manifest.ts';
import { expect, expectVerdict, openStudio, SAMPLES, test } from './studio.ts';

test('a box drawn, moved by keys and exported is a row of the manifest', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);
  await page.keyboard.press('x');
  const editor = page.getByRole('region', { name: 'Correct' });
  await expect(editor).toBeVisible();
  const boxes = editor.getByRole('list', { name: 'Boxes of defects' }).getByRole('listitem');
  const before = await boxes.count();
  for (let left = before; left > 0; left -= 1)
    await boxes
      .first()
      .getByRole('button', { name: /^Delete box/ })
      .click();

  const stage = (await page.locator('.stage-canvas').boundingBox())!;
  const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y + 20);
  await page.mouse.move(x + 60, y + 50);
  await page.mouse.up();
  await expect(boxes).toHaveCount(1);
  const named = boxes.first().getByRole('button', { name: /^Box 1/ });
  const drawn = await named.getAttribute('aria-label');
  await page.keyboard.press('ArrowRight');
  await expect(named).not.toHaveAttribute('aria-label', drawn!);
  await page.keyboard.press('Control+z');
  await expect(named).toHaveAttribute('aria-label', drawn!);
  const type = boxes.first().getByRole('combobox');
  const value = (await type.locator('option').nth(1).getAttribute('value'))!;
  await type.selectOption(value);
  await editor.getByRole('button', { name: 'Keep' }).click();

  await editor.waitFor({ state: 'hidden' });
  await page.keyboard.press('e');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /Labelled set/ }).click(),
  ]);
  const files = unzipSync(new Uint8Array(readFileSync(await download.path())));
  const row = JSON.parse(strFromU8(files['manifest.jsonl']!)) as ManifestRow;
  const numbers = drawn!.match(/\d+/g)!.slice(1).map(Number);
  expect(row).toMatchObject({ label: 'anomalous', type: value, boxes: [[...numbers, value]], split: 'train' });
  expect(files[row.image]!.length).toBeGreaterThan(0);
});

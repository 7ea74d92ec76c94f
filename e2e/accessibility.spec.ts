/** No serious accessibility problem on the empty page, a finished inspection, the library, the history and the models, in both themes. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from '@playwright/test';
import { expect, expectVerdict, openStudio, SAMPLES, test } from './studio.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

async function seriousProblems(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axeFile });
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(root: Document): Promise<AxeResults> } }).axe.run(document),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`in the ${colorScheme} theme no screen has a serious problem`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openStudio(page);
    await expect(page.getByText(/demo model/)).toBeVisible({ timeout: 60_000 });
    await expect.soft(seriousProblems(page), 'empty page').resolves.toEqual([]);

    await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
    await expectVerdict(page);
    await page.keyboard.press('End');
    await expect.soft(seriousProblems(page), 'finished inspection').resolves.toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.soft(seriousProblems(page), 'finished inspection on a phone').resolves.toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    await page.getByRole('button', { name: '5 good parts' }).click();
    await expect(page.getByRole('dialog', { name: 'Good parts' })).toBeVisible();
    await expect.soft(seriousProblems(page), 'library').resolves.toEqual([]);
    await page.getByRole('button', { name: 'New kind of part' }).click();
    await expect.soft(seriousProblems(page), 'new kind of part').resolves.toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'History' }).click();
    await expect(page.getByRole('dialog', { name: 'History' })).toBeVisible();
    await expect.soft(seriousProblems(page), 'history').resolves.toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Models:/ }).click();
    await expect(page.getByRole('article', { name: 'nano' })).toBeVisible();
    await page.getByLabel(/Hugging Face repository/).fill('not an address');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    await expect.soft(seriousProblems(page), 'models').resolves.toEqual([]);
  });
}

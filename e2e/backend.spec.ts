/** Where the model runs is chosen well and said plainly. The test browser's WebGPU is software. */
import type { Page } from '@playwright/test';
import { expect, openStudio, test } from './studio.ts';

/** Where it runs, and what opens when that is asked. */
async function expectDevice(page: Page, chip: RegExp, said: RegExp): Promise<void> {
  await expect(page.getByText(chip)).toBeVisible({ timeout: 100_000 });
  await page.getByRole('button', { name: /^Runs on/ }).click();
  await expect(page.getByRole('dialog', { name: 'Where the model runs' })).toContainText(said);
}

test('without a real graphics adapter WebAssembly serves, and the page says why', async ({ page }) => {
  await openStudio(page);
  await expectDevice(
    page,
    /^WebAssembly \(processor\)$/,
    /(software|No graphics adapter|no WebGPU).*What to do.*Works all the same/,
  );
});

test('WebAssembly can be asked for', async ({ page }) => {
  await openStudio(page, '?backend=wasm');
  await expectDevice(page, /^WebAssembly \(processor\)$/, /asked for in the address/);
});

test('WebGPU can be forced onto a software adapter', async ({ page }) => {
  await openStudio(page, '?backend=webgpu');
  await expectDevice(page, /^WebGPU \(graphics device\)$/, /software/);
});

/** Where the model runs is chosen well and said plainly. The test browser's WebGPU is software. */
import { expect, openStudio, test } from './studio.ts';

test('without a real graphics adapter WebAssembly serves, and the page says why', async ({ page }) => {
  await openStudio(page);
  await expect(page.getByText(/^WebAssembly \(.*WebGPU.*\)$/)).toBeVisible({ timeout: 60_000 });
});

test('WebAssembly can be asked for', async ({ page }) => {
  await openStudio(page, '?backend=wasm');
  await expect(page.getByText(/^WebAssembly \(.*asked for.*\)$/)).toBeVisible({ timeout: 60_000 });
});

test('WebGPU can be forced onto a software adapter', async ({ page }) => {
  await openStudio(page, '?backend=webgpu');
  await expect(page.getByText(/^WebGPU \(.+\)$/)).toBeVisible({ timeout: 100_000 });
});

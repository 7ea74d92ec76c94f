/** The WebGPU engine in the built page, forced onto the test browser's software adapter. */
import type { Page } from '@playwright/test';
import { expect, expectVerdict, openStudio, SAMPLES, test, verdict } from './studio.ts';

/**
 * Runs before the worker's own code: after the message "lose" the device that is then in use is destroyed at one of its
 * next submissions, so surely in the middle of work. From then on devices are left alone.
 */
const LOSE_DEVICE = `
  const channel = new BroadcastChannel('lose-device');
  let left = Infinity;
  channel.onmessage = ({ data }) => { left = data; };
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given);
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (buffers) => {
      submit(buffers);
      if (left-- === 0) device.destroy();
    };
    return device;
  };
`;

async function patchWorkers(page: Page): Promise<void> {
  await page.context().route(/worker[^/]*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${LOSE_DEVICE}${await response.text()}` });
  });
}

const ready = (page: Page) => expect(page.getByText(/^WebGPU \(.+\)$/)).toBeVisible({ timeout: 100_000 });

test('a sample is inspected on the engine', async ({ page }) => {
  await openStudio(page, '?backend=webgpu');
  await ready(page);
  const started = Date.now();
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page, 100_000);
  test.info().annotations.push({ type: 'click to verdict, ms', description: String(Date.now() - started) });
  await expect(verdict(page).getByText(/\(webgpu\)$/)).toBeVisible();
});

test('a graphics device lost in mid-inspection is replaced, and the inspection goes on', async ({ page }) => {
  await patchWorkers(page);
  await openStudio(page, '?backend=webgpu');
  await ready(page);
  await page.evaluate(() => new BroadcastChannel('lose-device').postMessage(4));
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page, 110_000);
  await expect(verdict(page).getByText(/graphics device failed and was restarted/)).toBeVisible();
});

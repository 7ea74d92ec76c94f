/** The WebGPU engine in the built page, forced onto the test browser's software adapter. */
import type { Page } from '@playwright/test';
import { patchWorker } from './patchedWorker.ts';
import { expect, expectVerdict, openStudio, SAMPLES, test, verdict } from './studio.ts';

/**
 * Runs before the worker's own code: after a message [submissions, times] the device that is then in use is destroyed
 * after so many submissions, so surely in the middle of work; so often, each time the one that took its place.
 */
const LOSE_DEVICE = `
  const channel = new BroadcastChannel('lose-device');
  let [submissions, left, times] = [0, 0, 0];
  channel.onmessage = ({ data }) => { [submissions, times] = data; left = submissions; };
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given);
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (buffers) => {
      submit(buffers);
      if (times === 0 || left-- > 0) return;
      [left, times] = [submissions, times - 1];
      device.destroy();
    };
    return device;
  };
`;

const ready = (page: Page) => expect(page.getByText(/^WebGPU \(.+\)$/)).toBeVisible({ timeout: 100_000 });

test('a sample is inspected on the engine; a device lost in mid-inspection is replaced, and it goes on', async ({
  page,
}) => {
  await patchWorker(page, () => LOSE_DEVICE);
  await openStudio(page, '?backend=webgpu');
  await ready(page);
  const started = Date.now();
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page, 100_000);
  test.info().annotations.push({ type: 'click to verdict, ms', description: String(Date.now() - started) });
  await verdict(page).getByText('About this inspection').click();
  await expect(verdict(page).getByText(/\(webgpu\)$/)).toBeVisible();
  const restarted = verdict(page).getByText(/graphics device failed and was restarted/);
  await expect(restarted).toBeHidden();

  await page.evaluate(() => new BroadcastChannel('lose-device').postMessage([4, 1]));
  await page.getByRole('button', { name: 'Inspect again' }).click();
  await expect(restarted).toBeVisible({ timeout: 110_000 });
  await expectVerdict(page, 110_000);
});

test('a device lost again and again ends the inspection, says what to do, and it goes on from there', async ({
  page,
}) => {
  await patchWorker(page, () => LOSE_DEVICE);
  await openStudio(page, '?backend=webgpu');
  await ready(page);
  await page.evaluate(() => new BroadcastChannel('lose-device').postMessage([4, 9]));
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  const stopped = page.getByRole('group', { name: 'This inspection did not come to its end' });
  await expect(stopped).toContainText('The graphics device failed again and again', { timeout: 110_000 });
  await page.evaluate(() => new BroadcastChannel('lose-device').postMessage([0, 0]));
  await stopped.getByRole('button', { name: 'Resume', exact: true }).click();
  await expectVerdict(page, 110_000);
});

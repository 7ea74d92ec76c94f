/** Photographing good parts and a part to inspect, with Chromium's made-up camera; and without leave to use one. */
import { expect, expectVerdict, openStudio, test } from './studio.ts';

test.use({ permissions: ['camera'] });

test('good parts in a row by Enter, then a part that is inspected; the device is let go of', async ({ page }) => {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(window, { cameraTracks: tracks });
  });
  const live = () =>
    page.evaluate(() =>
      (window as unknown as { cameraTracks: MediaStreamTrack[] }).cameraTracks.map((track) => track.readyState),
    );
  await openStudio(page);
  await page.getByRole('button', { name: 'Library' }).click();
  await page.getByLabel('Name').fill('Beeper');
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
  await page.getByRole('button', { name: 'Camera' }).click();
  const capture = page.getByRole('button', { name: /^Capture/ });
  await expect(capture).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 picture added')).toBeVisible();
  await page.waitForTimeout(500); // the made-up picture moves
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 pictures added')).toBeVisible();
  expect(await live()).toEqual(['live']);
  await page.keyboard.press('Escape');
  expect(await live()).toEqual(['ended']);
  await expect(page.getByRole('gridcell')).toHaveCount(2);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Use a camera' }).click();
  await capture.click();
  await expect(page.locator('.part-name')).toContainText(/^camera-/);
  expect(await live()).toEqual(['ended', 'ended']);
  await expectVerdict(page);
});

test('a camera that may not be used is explained, with the way to it', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await openStudio(page);
  await page.getByRole('button', { name: 'Use a camera' }).click();
  await expect(page.getByRole('alert')).toContainText('does not allow this page to use it');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});

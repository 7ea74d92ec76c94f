/**
 * Images as cameras and scanners write them: TIFF, more than 8 bits, turned by EXIF, very large. What reaches the model
 * is written into the verdict.
 */
import sharp from 'sharp';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import {
  addGoodParts,
  chooseFiles,
  expect,
  expectVerdict,
  openStudio,
  readDownload,
  SAMPLES,
  samplePath,
  test,
} from './studio.ts';

const sample = samplePath(SAMPLES[0]!.part);
const file = (name: string, buffer: Buffer, mimeType: string) => ({ name, mimeType, buffer });

/** The sample as a 12-bit camera sees it, in a file of 16 bits. */
async function cameraTiff(): Promise<Buffer> {
  const grey = sharp(sample).resize(640).greyscale().toColourspace('b-w').raw();
  const { data, info } = await grey.toBuffer({ resolveWithObject: true });
  const light = Uint16Array.from(data, (value) => value * 16);
  const camera = sharp(light, { raw: { width: info.width, height: info.height, channels: 1 } });
  return camera.toColourspace('grey16').tiff({ compression: 'lzw' }).toBuffer();
}

test('a 16-bit TIFF is seen through a window that can be chosen and is kept', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, file('camera.tif', await cameraTiff(), 'image/tiff'));
  await expectVerdict(page);
  const chip = page.getByRole('button', { name: /^16-bit:/ });
  await expect(chip).toHaveText('16-bit: 0 to 4,095 shown');
  const first = (await readDownload(page, 'Save verdict')) as Verdict;
  expect(first.image).toMatchObject({
    name: 'camera.tif',
    format: 'tiff',
    bitDepth: 16,
    orientationApplied: 1,
    windowLevel: { low: 0, high: 4095, rule: 'depth' },
  });
  expect(first.image.sizeBytes).toBeGreaterThan(10_000);

  await chip.click();
  const choice = page.getByRole('dialog', { name: 'More than 8 bits' });
  await choice.getByRole('radio', { name: 'Whole file' }).click();
  await expect(chip).toHaveText('16-bit: 0 to 65,535 shown');
  await choice.getByRole('slider', { name: 'White from' }).press('ArrowLeft');
  await expect(chip).toHaveText('16-bit: 0 to 65,534 shown');
  await expect(choice.getByRole('slider', { name: 'White from' })).toBeFocused();
  await choice.getByRole('radio', { name: '0.1 to 99.9 %' }).click();
  await expect(choice).toContainText('This inspection was made with 0 to 4,095.');
  const address = page.url();
  await choice.getByRole('button', { name: 'Inspect again with this' }).click();
  await expect(page).not.toHaveURL(address);
  await expectVerdict(page);
  const second = (await readDownload(page, 'Save verdict')) as Verdict;
  expect(second.image.windowLevel).toMatchObject({ rule: 'percentile' });
  expect(second.image.sha256).toBe(first.image.sha256);

  // The first one is shown as it was made.
  await page.getByRole('button', { name: 'History' }).click();
  await page
    .getByRole('dialog', { name: 'History' })
    .getByRole('button', { name: /^camera\.tif/ })
    .last()
    .click();
  await expect(chip).toHaveText('16-bit: 0 to 4,095 shown');
});

test('a picture turned by EXIF has the regions of the upright one', async ({ page }) => {
  await openStudio(page);
  const { types, exemplars } = SAMPLES[0]!;
  await addGoodParts(page, 'My part', types, exemplars.map(samplePath));
  const upright = sharp(sample).resize(480, 360, { fit: 'fill' });
  const pixels = await upright.clone().png().toBuffer();
  const turned = await sharp(pixels).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
  const seen: Verdict[] = [];
  for (const [name, bytes] of [
    ['upright.png', pixels],
    ['turned.png', turned],
  ] as const) {
    await chooseFiles(page, file(name, bytes, 'image/png'));
    await expect(page.locator('.part-name')).toContainText(name);
    await expectVerdict(page);
    seen.push((await readDownload(page, 'Save verdict')) as Verdict);
  }
  const [one, other] = seen as [Verdict, Verdict];
  expect([one.image.orientationApplied, other.image.orientationApplied]).toEqual([1, 6]);
  expect(one.regions.length).toBeGreaterThan(0);
  expect(other.regions).toEqual(one.regions);
  expect(other.agentAnswer).toEqual(one.agentAnswer);
  expect([other.image.width, other.image.height]).toEqual([480, 360]);
});

test('100 megapixels are taken in and said to be many; no canvas is larger than the page', async ({ page }) => {
  const side = 10_000;
  const grey = sharp({ create: { width: side, height: side, channels: 3, background: '#808080' } });
  const large = await grey.toColourspace('b-w').jpeg({ quality: 60 }).toBuffer();
  await openStudio(page);
  await chooseFiles(page, file('panorama.jpg', large, 'image/jpeg'));
  await expect(page.getByRole('img', { name: /panorama\.jpg, 10000 by 10000 pixels/ })).toBeVisible({
    timeout: 60_000,
  });
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems.getByRole('listitem').filter({ hasText: '100 megapixels' })).toBeVisible();
  const widest = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll('canvas')].map((canvas) => canvas.width)),
  );
  expect(widest).toBeLessThanOrEqual(1280);
});

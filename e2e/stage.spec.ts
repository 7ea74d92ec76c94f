/** The stage with a recorded run: marks where they belong at any magnification, the user's camera, keys, big images. */
import { encodePng } from '@agentiad/core/image/png.ts';
import type { Page } from '@playwright/test';
import { chooseFiles, copyOfRecorded, expect, openStudio, test } from './studio.ts';

const TRACE = 'e2e/fixtures/recorded.trace.json';

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface KonvaNode {
  visible(): boolean;
  on(event: string, listener: () => void): void;
  getClientRect(options: object): Rect;
  getAbsolutePosition(): { x: number; y: number };
  getAbsoluteScale(): { x: number };
}

/** Konva puts itself on the page. */
interface KonvaPage {
  readonly Konva: {
    readonly stages: readonly { findOne(id: string): KonvaNode | undefined; find(kind: string): KonvaNode[] }[];
  };
}

/** The camera, read from the node of the part. */
function camera(page: Page): Promise<Camera> {
  return page.evaluate(() => {
    const part = (globalThis as unknown as KonvaPage).Konva.stages[0]!.findOne('#part')!;
    return { ...part.getAbsolutePosition(), scale: part.getAbsoluteScale().x };
  });
}

/** Where a node without its stroke lies on the page. */
async function rectOf(page: Page, selector: string): Promise<Rect | null> {
  return page.evaluate((id) => {
    const node = (globalThis as unknown as KonvaPage).Konva.stages[0]!.findOne(id);
    return node ? node.getClientRect({ skipStroke: true, skipShadow: true }) : null;
  }, selector);
}

/** The camera when it stands still for three frames: long enough for what was just done to take effect. */
function settled(page: Page): Promise<Camera> {
  return page.evaluate(async () => {
    const read = () => {
      const part = (globalThis as unknown as KonvaPage).Konva.stages[0]!.findOne('#part')!;
      return { ...part.getAbsolutePosition(), scale: part.getAbsoluteScale().x };
    };
    for (let before = read(); ;) {
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      const now = read();
      if (now.x === before.x && now.y === before.y && now.scale === before.scale) return now;
      before = now;
    }
  });
}

async function openRecorded(page: Page): Promise<void> {
  await openStudio(page);
  await chooseFiles(page, TRACE);
  await expect(page.getByText('step 12 / 12')).toBeVisible();
}

async function goTo(page: Page, step: number): Promise<void> {
  await page.keyboard.press('Home');
  for (let at = 0; at < step; at++) await page.keyboard.press('ArrowRight');
  await expect(page.getByText(`step ${step} / 12`)).toBeVisible();
}

for (const density of [1, 2]) {
  test.describe(`on a screen of density ${density}`, () => {
    test.use({ deviceScaleFactor: density, contextOptions: { reducedMotion: 'reduce' } });

    test('marks stay within a pixel of their place at every magnification and after a resize', async ({ page }) => {
      await openRecorded(page);
      await goTo(page, 2);
      const box = [76, 127, 231, 323] as const;
      const expectInPlace = async () => {
        await settled(page);
        // Camera and outline of one moment.
        const { view, outline } = await page.evaluate(() => {
          const stage = (globalThis as unknown as KonvaPage).Konva.stages[0]!;
          const part = stage.findOne('#part')!;
          const place = stage.findOne('#outline-2-1')!.getClientRect({ skipStroke: true, skipShadow: true });
          return { view: { ...part.getAbsolutePosition(), scale: part.getAbsoluteScale().x }, outline: place };
        });
        expect(Math.abs(outline.x - (box[0] * view.scale + view.x))).toBeLessThan(1);
        expect(Math.abs(outline.y - (box[1] * view.scale + view.y))).toBeLessThan(1);
        expect(Math.abs(outline.width - (box[2] - box[0]) * view.scale)).toBeLessThan(1);
        expect(Math.abs(outline.height - (box[3] - box[1]) * view.scale)).toBeLessThan(1);
      };
      await expectInPlace();
      for (const keys of ['0', '1', '++++++', '+++++++++++']) {
        for (const key of keys) await page.keyboard.press(key);
        await expectInPlace();
      }
      expect((await camera(page)).scale).toBe(32);
      for (let i = 0; i < 30; i++) await page.keyboard.press('-');
      await expectInPlace();
      await page.setViewportSize({ width: 1440, height: 900 });
      await expectInPlace();
    });
  });
}

test('the camera is the user’s after a gesture, until Follow is on; a reload and the next image keep it', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openRecorded(page);
  const follow = page.getByRole('button', { name: 'Follow the agent' });
  await expect(follow).toBeHidden();
  const stage = page.getByRole('img', { name: /step 12/ });
  await stage.hover();
  await page.mouse.wheel(0, -360);
  await expect(follow).toBeVisible();
  const mine = await settled(page);
  await goTo(page, 6);
  expect(await settled(page)).toEqual(mine);

  // The address brings run and step back.
  await expect(page).toHaveURL(/step=6/);
  await page.reload();
  await expect(page.getByText('step 6 / 12')).toBeVisible();
  await expect(follow).toBeVisible();
  expect(await settled(page)).toEqual(mine);

  await chooseFiles(page, copyOfRecorded('second.jpg'));
  await expect(page.getByText('second.jpg').first()).toBeVisible();
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  expect(await settled(page)).toEqual(mine);
  await expect(page).toHaveURL(/#\/inspect\/[^?]*-2$/);
  await page.goBack();
  await expect(page.getByText('step 6 / 12')).toBeVisible();
  await expect(page.getByText('second.jpg')).toBeHidden();

  await page.keyboard.press('f');
  await expect(follow).toBeHidden();
  await goTo(page, 2);
  const followed = await settled(page);
  expect(followed.scale).not.toBe(mine.scale);
  await page.keyboard.press('0');
  await expect(follow).toBeVisible();
});

test('the wheel zooms at the pointer, a drag and a hand pan, two keys toggle, the minimap moves the view', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openRecorded(page);
  const area = (await page.locator('.stage-canvas').boundingBox())!;
  // Pointer events carry whole pixels.
  const at = { x: Math.round(area.x + area.width * 0.6), y: Math.round(area.y + area.height * 0.4) };
  const under = (view: Camera) => [(at.x - area.x - view.x) / view.scale, (at.y - area.y - view.y) / view.scale];
  const fit = await settled(page);
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel(0, -240);
  const zoomed = await settled(page);
  expect(zoomed.scale).toBeGreaterThan(fit.scale * 1.3);
  under(zoomed).forEach((value, axis) => expect(value).toBeCloseTo(under(fit)[axis]!, 1));

  await page.mouse.down();
  await page.mouse.move(at.x + 40, at.y - 25, { steps: 3 });
  await page.mouse.up();
  const panned = await settled(page);
  expect([panned.x - zoomed.x, panned.y - zoomed.y]).toEqual([40, -25]);

  // A hold of Space pans and does not play; a tap plays.
  await page.locator('.stage-canvas').focus();
  await page.keyboard.down('Space');
  await page.mouse.down();
  await page.mouse.move(at.x, at.y, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up('Space');
  expect((await settled(page)).x).toBeCloseTo(zoomed.x);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();

  await page.keyboard.press('0');
  await expect(page.locator('.minimap')).toBeHidden();
  await page.keyboard.press('z');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const before = await settled(page);
  const map = (await page.locator('.minimap').boundingBox())!;
  await page.mouse.click(map.x + map.width * 0.2, map.y + map.height * 0.2);
  const after = await settled(page);
  expect(after.scale).toBe(before.scale);
  expect(after.x).toBeGreaterThan(before.x);
});

test('H shows the bare image; T walks the regions; refused and clamped calls have a form of their own', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openRecorded(page);
  const overlays = () =>
    page.evaluate(() =>
      (globalThis as unknown as KonvaPage).Konva.stages[0]!.find('Layer').map((layer) => layer.visible()),
    );
  await page.keyboard.down('h');
  expect(await overlays()).toEqual([true, false, false, false]);
  await page.keyboard.up('h');
  expect(await overlays()).toEqual([true, true, true, true]);

  // Pointing at things leaves the layer of pictures alone.
  await page.evaluate(() => {
    const [pictures] = (globalThis as unknown as KonvaPage).Konva.stages[0]!.find('Layer');
    pictures!.on('draw', () => document.body.setAttribute('data-redrawn', 'yes'));
  });
  const area = (await page.locator('.stage-canvas').boundingBox())!;
  for (const share of [0.2, 0.4, 0.45, 0.6])
    await page.mouse.move(area.x + area.width * share, area.y + area.height / 2);
  await expect(page.locator('body')).not.toHaveAttribute('data-redrawn');

  await page.keyboard.press('t');
  await expect(page.getByText('step 2 / 12')).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByText('step 6 / 12')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Regions' }).getByRole('button', { pressed: true })).toHaveCount(1);
  const asked = await rectOf(page, '#asked-6-1');
  const part = await rectOf(page, '#part');
  expect(asked!.x + asked!.width).toBeGreaterThan(part!.x + part!.width);
  await page.keyboard.press('Shift+T');
  await expect(page.getByText('step 2 / 12')).toBeVisible();

  await goTo(page, 5);
  await expect(page.getByRole('img', { name: /a refused call: bbox_2d must have/ })).toBeVisible();
});

test('the difference map has a legend with numbers and goes on and off', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openRecorded(page);
  await expect(page.getByRole('button', { name: 'Difference map' })).toBeVisible();
  await goTo(page, 1);
  const legend = page.getByRole('region', { name: 'Difference to the good parts' });
  await expect(legend.getByText(/Crosses the line\. Most: 1\.06×/)).toBeVisible();
  await expect(legend.getByText('1×', { exact: true })).toBeVisible();
  await legend.getByRole('button', { name: 'Opacity and when it is shown' }).click();
  await legend.getByRole('radio', { name: 'Always' }).click();
  await page.keyboard.press('End');
  await expect(legend).toBeVisible();
  await legend.getByRole('slider', { name: 'Colour' }).press('Home');
  await legend.getByRole('radio', { name: 'Off' }).click();
  await expect(legend).toBeHidden();
});

test('a large image is drawn from a reduced copy and sharp pieces; no canvas is larger than the view', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const [width, height] = [3000, 2000];
  const data = new Uint8Array(width * height * 3).fill(150);
  // One white pixel at (2250, 500).
  data.fill(255, (500 * width + 2250) * 3, (500 * width + 2251) * 3);
  await openStudio(page);
  await chooseFiles(page, {
    name: 'large.png',
    mimeType: 'image/png',
    buffer: Buffer.from(encodePng({ width, height, data })),
  });
  await expect(page.getByRole('img', { name: /large.png, 3000 by 2000 pixels/ })).toBeVisible({ timeout: 60_000 });
  const area = (await page.locator('.stage-canvas').boundingBox())!;
  await settled(page);
  for (let i = 0; i < 14; i++) {
    const { x, y, scale } = await camera(page);
    await page.mouse.move(area.x + x + 2250.5 * scale, area.y + y + 500.5 * scale);
    await page.mouse.wheel(0, -240);
  }
  const { x, y, scale } = await settled(page);
  expect(scale).toBe(32);
  await expect(async () => {
    const pixel = await page.evaluate(
      ([at, down]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.stage-canvas canvas')!;
        const ratio = canvas.width / canvas.clientWidth;
        return [...canvas.getContext('2d')!.getImageData(at! * ratio, down! * ratio, 1, 1).data].slice(0, 3);
      },
      [x + 2250.5 * scale, y + 500.5 * scale],
    );
    expect(pixel).toEqual([255, 255, 255]);
  }).toPass({ timeout: 30_000 });
  const largest = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll('canvas')].map((c) => c.width * c.height)),
  );
  expect(largest).toBeLessThanOrEqual(area.width * area.height + 1);
});

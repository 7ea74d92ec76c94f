/** Comparing a recorded inspection with good parts: modes, linked views, the curtain's slider, why this good part, coverage. */
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Locator, Page } from '@playwright/test';
import { addGoodParts, chooseFiles, expect, expectVerdict, openStudio, SAMPLES, samplePath, test } from './studio.ts';

const TRACE = 'e2e/fixtures/recorded.trace.json';
const flange = SAMPLES.find(({ category }) => category === 'flange')!;
const board = SAMPLES.find(({ category }) => category === 'circuit board')!;

interface KonvaNode {
  readonly attrs: { readonly width: number; readonly height: number };
  visible(): boolean;
  getAbsoluteTransform(): {
    getMatrix(): readonly [number, number, number, number, number, number];
    point(at: { x: number; y: number }): { x: number; y: number };
  };
}

/** Konva puts itself on the page. */
interface KonvaPage {
  readonly Konva: { readonly stages: readonly { width(): number; findOne(id: string): KonvaNode | undefined }[] };
}

const mode = (page: Page, name: string) => page.getByRole('radio', { name });
const bar = (page: Page) => page.getByRole('group', { name: 'Comparison' });
const registered = (page: Page) => expect(bar(page).getByText(/^registered, match 0\.\d\d$/)).toBeVisible();

async function openRecorded(page: Page): Promise<void> {
  await openStudio(page);
  await chooseFiles(page, TRACE);
  await expect(page.getByText('step 12 / 12')).toBeVisible();
}

/**
 * Side by side: which places of the part lie in the left view where the exemplar's corners and middle lie in the right
 * one, by what Konva draws; with the magnification.
 */
function opposite(
  page: Page,
): Promise<{ readonly scale: number; readonly places: readonly { x: number; y: number }[] }> {
  return page.evaluate(() => {
    const stage = (globalThis as unknown as KonvaPage).Konva.stages[0]!;
    const [scale, , , , left, top] = stage.findOne('#part')!.getAbsoluteTransform().getMatrix();
    const exemplar = stage.findOne('#compare-exemplar')!;
    const { width, height } = exemplar.attrs;
    const places = [0, 0.5, 1].map((share) => {
      const { x, y } = exemplar.getAbsoluteTransform().point({ x: share * width, y: share * share * height });
      return { x: (x - stage.width() / 2 - left) / scale, y: (y - top) / scale };
    });
    return { scale, places };
  });
}

test('linked views stay within a pixel of each other over 200 gestures', async ({ page }) => {
  await openRecorded(page);
  await mode(page, 'Side by side').click();
  await registered(page);
  const before = await opposite(page);
  const stage = (await page.locator('.stage-canvas').boundingBox())!;
  const random = createRandom(3);
  const seen = new Set<number>();
  let worst = 0;
  for (let gesture = 0; gesture < 200; gesture++) {
    const x = stage.x + stage.width * (0.1 + 0.8 * random.next());
    const y = stage.y + stage.height * (0.3 + 0.4 * random.next());
    await page.mouse.move(x, y);
    if (gesture % 2 === 0) await page.mouse.wheel(0, (random.next() - 0.5) * 600);
    else {
      await page.mouse.down();
      await page.mouse.move(x + (random.next() - 0.5) * 200, y + (random.next() - 0.5) * 200);
      await page.mouse.up();
    }
    if (gesture % 4 !== 3) continue;
    const now = await opposite(page);
    seen.add(now.scale);
    now.places.forEach((place, index) => {
      const was = before.places[index]!;
      worst = Math.max(worst, Math.hypot(place.x - was.x, place.y - was.y) * now.scale);
    });
  }
  expect(seen.size).toBeGreaterThan(20);
  expect(worst).toBeLessThan(1);
});

test('modes by key, a curtain with arrow keys that leaves the camera alone, and blink', async ({ page }) => {
  await openRecorded(page);
  await page.keyboard.press('c');
  await expect(mode(page, 'Side by side')).toBeChecked();
  await expect(bar(page).getByText('Side by side')).toBeVisible();
  await registered(page);
  await page.keyboard.press('c');
  await expect(bar(page).getByText('Curtain')).toBeVisible();

  const zoom = page.locator('.stage-zoom');
  await page.locator('.stage-canvas').hover({ position: { x: 200, y: 300 } });
  const fit = await zoom.innerText();
  await page.mouse.wheel(0, -300);
  await expect(zoom).not.toHaveText(fit);
  const magnified = await zoom.innerText();
  const divider = page.getByRole('slider', { name: 'Where the part ends' });
  await expect(divider).toHaveAttribute('aria-valuetext', '50% part');
  await divider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(divider).toHaveAttribute('aria-valuetext', '46% part');
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  await dragBy(page, divider, 100);
  await expect(divider).not.toHaveAttribute('aria-valuetext', '46% part');
  expect(await zoom.innerText()).toBe(magnified);

  await page.locator('.stage-canvas').focus();
  await page.keyboard.down('b');
  await expect(bar(page).getByText('Good part', { exact: true })).toBeVisible();
  await page.keyboard.up('b');
  await expect(bar(page).getByText('Curtain')).toBeVisible();

  await page.keyboard.press('c');
  await expect(page.getByText('Difference in grey levels')).toBeVisible();
  await expect(page.getByText('120+')).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(bar(page).getByText('Good part 1/2:')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(mode(page, 'Part alone')).toBeChecked();
});

test('why this good part: how it was chosen, how similar it is, and the others', async ({ page }) => {
  await openRecorded(page);
  await mode(page, 'Side by side').click();
  await page.getByRole('button', { name: 'Why this one?' }).click();
  const why = page.getByRole('dialog');
  await expect(why.getByText(/The agent fetched it in step 9/)).toBeVisible();
  await expect(why.getByText('0.994')).toBeVisible();
  await why.getByRole('button', { name: /flange-exemplar-2/ }).click();
  await expect(why.getByText(/You picked it/)).toBeVisible();
  await expect(bar(page).getByText('flange-exemplar-2.jpg')).toBeVisible();
});

test('another good part is shown to the agent, and the page says whether its answer holds', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);
  await mode(page, 'Side by side').click();
  await registered(page);
  await page.getByRole('button', { name: 'Why this one?' }).click();
  const why = page.getByRole('dialog');
  // All five are told with their similarity, most similar first.
  await expect(why.getByText(/^0\.9\d\d$/)).toHaveCount(5, { timeout: 30_000 });
  const unseen = why.getByRole('listitem').filter({ hasNotText: 'agent, step' }).last();
  const name = (await unseen.locator('.why-name').textContent())!;
  await unseen.getByRole('button').click();
  await why.getByRole('button', { name: 'Swap and ask again' }).click();
  await expect(bar(page).getByText(/^The answer (holds|changes)\.$/)).toBeVisible({ timeout: 60_000 });
  await expect(bar(page).getByText(/Before: \w+ \(\d\.\d\d\), with this good part: \w+ \(\d\.\d\d\)/)).toBeVisible();
  await expect(bar(page).getByText(name)).toBeVisible();
  await bar(page).getByRole('button', { name: 'Back to the inspection' }).click();
  await expect(bar(page).getByRole('button', { name: 'Show what it did' })).toBeVisible();
});

test('without a good part there is a way to one; what does not match is shown side by side only', async ({ page }) => {
  await openStudio(page);
  // Good parts of another kind, filed wrongly: nothing to lay on each other.
  await addGoodParts(page, 'Mixed up', flange.types, board.exemplars.slice(0, 3).map(samplePath));
  await chooseFiles(page, samplePath(flange.part));
  await expectVerdict(page);
  await mode(page, 'Difference').click();
  await expect(bar(page).getByText('Side by side', { exact: true })).toBeVisible();
  await expect(
    bar(page).getByText(/fitted, not registered\. .* match 0\.\d\d, needed 0\.60\..* side only/),
  ).toBeVisible();
  await expect(page.getByText('Difference in grey levels')).toBeHidden();
});

test('coverage grows with the steps, as a number and over the stage', async ({ page }) => {
  await openRecorded(page);
  const chip = page.getByRole('button', { name: /full detail/ });
  await expect(chip).toHaveText(/full detail: 4\.2% of the part/);
  await chip.click();
  await expect(page.getByText('Dimmed: seen only reduced.')).toBeVisible();
  const isDimmed = () =>
    page.evaluate(() => (globalThis as unknown as KonvaPage).Konva.stages[0]!.findOne('#coverage')?.visible());
  expect(await isDimmed()).toBe(true);
  await page.locator('.stage-canvas').focus();
  await page.keyboard.press('Home');
  await expect(chip).toHaveText(/Seen at up to \d+% of full detail/);
});

async function dragBy(page: Page, thumb: Locator, dx: number): Promise<void> {
  const box = (await thumb.locator('.curtain-handle').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y, { steps: 4 });
  await page.mouse.up();
}

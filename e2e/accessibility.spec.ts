/**
 * No serious accessibility problem on any screen, drawer, tab or popover, in both themes; what is drawn is also there in
 * words; the focus goes to the verdict; texts 40 % longer fit.
 */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from '@playwright/test';
import { expect, expectVerdict, openStudio, SAMPLES, test } from './studio.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** By id, place and colours. What does not hang on colours is asked in the light theme alone. */
async function seriousProblems(page: Page, only?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axeFile });
  const results = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: { run(root: Document, options: object): Promise<AxeResults> } }).axe.run(
        document,
        runOnly ? { runOnly } : {},
      ),
    only,
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(', ')}`,
    );
}

for (const [colorScheme, only] of [
  ['light', undefined],
  ['dark', ['color-contrast']],
] as const) {
  test(`in the ${colorScheme} theme no screen has a serious problem`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openStudio(page);
    await expect(page.getByText(/demo model/)).toBeVisible({ timeout: 60_000 });
    await expect.soft(seriousProblems(page, only), 'empty page').resolves.toEqual([]);

    await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
    await expectVerdict(page);
    await page.keyboard.press('End');
    await expect.soft(seriousProblems(page, only), 'finished inspection').resolves.toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.soft(seriousProblems(page, only), 'finished inspection on a phone').resolves.toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    for (const tab of ['Questions', 'Model’s eye', 'Steps']) {
      await page.getByRole('tab', { name: tab }).click();
      await expect.soft(seriousProblems(page, only), tab).resolves.toEqual([]);
    }

    await page.getByRole('button', { name: '5 good parts' }).click();
    await expect(page.getByRole('dialog', { name: 'Library' })).toBeVisible();
    await expect.soft(seriousProblems(page, only), 'library').resolves.toEqual([]);
    await page.getByRole('button', { name: 'New kind of part' }).click();
    await expect.soft(seriousProblems(page, only), 'new kind of part').resolves.toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'History' }).click();
    await expect(page.getByRole('dialog', { name: 'History' })).toBeVisible();
    await expect.soft(seriousProblems(page, only), 'history').resolves.toEqual([]);
    await page.keyboard.press('Escape');

    for (const drawer of ['Settings', 'Keyboard shortcuts', 'Search']) {
      await page.getByRole('button', { name: drawer, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expect.soft(seriousProblems(page, only), drawer).resolves.toEqual([]);
      await page.keyboard.press('Escape');
    }
    for (const popover of [/^Storage:/, /^Runs on/]) {
      await page.getByRole('button', { name: popover }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expect.soft(seriousProblems(page, only), String(popover)).resolves.toEqual([]);
      await page.keyboard.press('Escape');
    }

    await page.getByRole('button', { name: /^Models:/ }).click();
    await expect(page.getByRole('article', { name: 'nano' })).toBeVisible();
    await page.getByLabel(/Hugging Face repository/).fill('not an address');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    // Looked at while it is being enabled again, the button has the colours of neither state.
    await expect(page.getByRole('button', { name: 'Look at it', exact: true })).toBeEnabled();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect.soft(seriousProblems(page, only), 'models').resolves.toEqual([]);
  });
}

test('what the stage shows is there in words, and the end of an inspection is told once', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);
  await expect(page.locator('h2:focus')).toHaveText(/./);
  const steps = page.getByRole('region', { name: 'What the agent did' }).getByRole('listitem');
  expect(await steps.count()).toBeGreaterThan(1);
  const regions = page.getByRole('list', { name: /regions/i });
  await expect(regions.getByRole('button').first()).toBeAttached();
  await expect(page.locator('[aria-live="polite"]')).toHaveCount(1);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[aria-live="polite"]')).toHaveText(/^Step 1: /);
});

test('texts 40 % longer are neither clipped nor do they overlap', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('?pseudo');
  await expect(page.locator('.sample').first()).toBeVisible();
  await expect(page.locator('h1')).toContainText('Ågéñt');
  await expect.soft(controlsThatDoNotFit(page), 'empty page').resolves.toEqual([]);
  await page.locator('input[type=file]').first().setInputFiles('e2e/fixtures/recorded.trace.json');
  await expect(page.locator('.verdict-lead')).toBeVisible();
  await expect.soft(controlsThatDoNotFit(page), 'workbench').resolves.toEqual([]);
});

/** Visible buttons, tabs and fields that lie outside the page, over each other, or cut their text off. */
function controlsThatDoNotFit(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll<HTMLElement>('button, select, [role=tab], input[type=range]')].filter(
      // The list of regions shows itself when it has the focus.
      (element) => element.checkVisibility() && element.offsetWidth > 1 && !element.closest('.region-list'),
    );
    const nameOf = (element: HTMLElement) => element.getAttribute('aria-label') ?? element.textContent.trim();
    const framesOf = (element: HTMLElement) => {
      const frames: DOMRect[] = [];
      for (let parent = element.parentElement; parent; parent = parent.parentElement)
        if (getComputedStyle(parent).overflowY !== 'visible') frames.push(parent.getBoundingClientRect());
      return frames;
    };
    const problems: string[] = [];
    for (const element of shown) {
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) problems.push(`outside: ${nameOf(element)}`);
      const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      const isCovered = middle && middle !== element && !element.contains(middle) && !middle.contains(element);
      const isInView = box.y >= 0 && box.bottom <= innerHeight;
      // What is scrolled out of its panel is not covered.
      const isScrolledAway = framesOf(element).some((frame) => box.bottom > frame.bottom || box.y < frame.y);
      if (isInView && isCovered && !isScrolledAway) problems.push(`covered: ${nameOf(element)} by ${middle.className}`);
      const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden';
      if (isCut && !element.title) problems.push(`cut: ${nameOf(element)}`);
    }
    return problems;
  });
}

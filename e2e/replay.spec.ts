/** Watching: steps both ways with buttons and keys, stopping, and what a reload keeps. */
import type { Page } from '@playwright/test';
import { slowWorker } from './patchedWorker.ts';
import {
  addGoodParts,
  chooseFiles,
  expect,
  expectVerdict,
  openStudio,
  SAMPLES,
  samplePath,
  test,
  verdict,
} from './studio.ts';

const position = /^step \d+ \/ \d+$/;
const RECORDED = 'e2e/fixtures/recorded.trace.json';
const steps = (page: Page) => page.getByRole('region', { name: 'What the agent did' });

test('a recorded run is walked with the slider, and every kind of step can be told apart', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, RECORDED);
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Step' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('step 0 / 12')).toBeVisible();
  for (let step = 1; step <= 5; step++) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText(`step ${step} / 12`)).toBeVisible();
  }
  await expect(slider).toHaveAttribute('aria-valuetext', /step 5 of 12: .*refused/);
  await expect(steps(page).locator('[aria-current=step]')).toContainText('bbox_2d must have x1 < x2');
  await page.keyboard.press('ArrowRight');
  await expect(steps(page).locator('[aria-current=step]')).toContainText('clamped to it');
  await page.getByRole('button', { name: 'Last step' }).click();
  await expect(steps(page).locator('[aria-current=step]')).toContainText('Gives its answer');
  // Rows far away are not drawn.
  expect(await steps(page).getByRole('listitem').count()).toBeLessThan(14);
});

test('a whole replay takes ten seconds at most and shows every step', async ({ page }) => {
  await page.clock.install();
  await openStudio(page);
  await chooseFiles(page, RECORDED);
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  await page.evaluate(() => {
    const seen = new Set<string>();
    const output = document.querySelector('.transport-position output')!;
    new MutationObserver(() => seen.add(output.textContent)).observe(output, { subtree: true, characterData: true });
    Object.assign(window, { seen });
  });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.clock.runFor(9_000);
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.clock.runFor(1_200);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  const seen = await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  expect(seen).toEqual(expect.arrayContaining(Array.from({ length: 12 }, (_, i) => `step ${i + 1} / 12`)));
});

test('steps are walked with the keyboard, both ways, and the stage follows', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);
  const total = await page
    .getByRole('region', { name: 'What the agent did' })
    .getByText(/^\d+ steps?$/)
    .innerText();
  const last = Number.parseInt(total, 10);
  await expect(page.getByText(`step ${last} / ${last}`)).toBeVisible();
  await page.keyboard.press('Home');
  await expect(page.getByText(`step 0 / ${last}`)).toBeVisible();
  for (let step = 1; step <= last; step++) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText(`step ${step} / ${last}`)).toBeVisible();
    await expect(page.getByRole('img', { name: new RegExp(`, step ${step}\\b`) })).toBeVisible();
  }
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(`step ${last - 1} / ${last}`)).toBeVisible();
  await page.getByRole('button', { name: 'Last step' }).click();
  await expect(page.getByText(`step ${last} / ${last}`)).toBeVisible();
});

test('a running inspection stops at once and keeps what was seen', async ({ page }) => {
  await slowWorker(page, 200);
  await openStudio(page);
  await chooseFiles(page, samplePath(SAMPLES[0]!.part));
  await expect(verdict(page).getByText('Inspecting')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop' }).click({ timeout: 60_000 });
  await expect(verdict(page).getByText('Stopped', { exact: true })).toBeVisible();
  await expect(page.getByText('Looks at the whole part')).toBeVisible();
});

test('a reload loses no finished inspection and no good part', async ({ page }) => {
  const sample = SAMPLES[0]!;
  await openStudio(page);
  await addGoodParts(page, 'Kept part', sample.types, sample.exemplars.map(samplePath));
  await chooseFiles(page, samplePath(sample.part));
  await expectVerdict(page);
  const says = await verdict(page)
    .getByText(/The agent says/)
    .innerText();

  await page.reload();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('dialog').getByText(sample.part).click();
  await expect(verdict(page).getByText(says)).toBeVisible();
  await expect(page.getByText(position)).toBeVisible();
  await expect(page.getByLabel('Kind of part')).toHaveValue('Kept part');
  await page.getByRole('button', { name: '5 good parts' }).click();
  await expect(page.getByRole('dialog').locator('img.thumb')).toHaveCount(5);
});

test('a removed good part comes back with undo', async ({ page }) => {
  const sample = SAMPLES[0]!;
  await openStudio(page);
  await addGoodParts(page, 'Undo part', sample.types, sample.exemplars.map(samplePath));
  await page.getByRole('button', { name: '5 good parts' }).click();
  await page.getByRole('button', { name: `Remove ${sample.exemplars[0]}` }).click();
  await expect(page.getByText('4 good parts: enough')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('5 good parts: enough')).toBeVisible();
});

test('the steps so far are gone through while the inspection runs, and Live goes back to the newest', async ({
  page,
}) => {
  await slowWorker(page, 200);
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expect(page.getByText(/^step [1-9] \/ \d+$/)).toBeVisible({ timeout: 100_000 });
  const stop = page.getByRole('button', { name: 'Stop' });
  const live = page.getByRole('button', { name: 'Live' });
  await page.getByRole('button', { name: 'First step' }).click();
  await expect(page.getByText(/^step 0 \/ \d+$/)).toBeVisible();
  await expect(live).toHaveAttribute('aria-pressed', 'false');
  await expect(stop).toBeVisible();
  await live.click();
  await expect(page.getByText(/^step [1-9] \/ \d+$/)).toBeVisible();
  await expect(live).toHaveAttribute('aria-pressed', 'true');
});

/** Questions: pointing at a place, another good part, what decided it, the rest of the part; stop and go on. */
import type { Page } from '@playwright/test';
import { slowWorker } from './patchedWorker.ts';
import { chooseFiles, expect, expectVerdict, openStudio, SAMPLES, samplePath, test, verdict } from './studio.ts';

const questions = (page: Page) => page.getByRole('region', { name: 'Questions' });
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
const asked = (page: Page) => questions(page).getByRole('group', { name: 'Asked so far' }).getByRole('listitem');

async function inspectSample(page: Page, index = 0) {
  await openStudio(page);
  await page.getByRole('button', { name: SAMPLES[index]!.title }).click();
  await expectVerdict(page);
}

test('point and ask, by mouse and by keyboard; the answers stay after a reload', async ({ page }) => {
  await inspectSample(page);
  await tab(page, 'Questions');
  await questions(page).getByRole('button', { name: 'Draw a box' }).click();
  const box = (await page.locator('.stage-canvas').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.45);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.6, { steps: 4 });
  await page.mouse.up();
  await expect(asked(page)).toHaveCount(1, { timeout: 60_000 });
  await expect(asked(page).first()).toContainText('A place you pointed at');
  await expectVerdict(page);

  await questions(page).getByText('Give the place in pixels').press('Enter');
  await questions(page).getByLabel('Right').fill('60');
  await questions(page).getByLabel('Bottom').fill('60');
  await questions(page).getByLabel('Bottom').press('Enter');
  await expect(asked(page)).toHaveCount(2, { timeout: 60_000 });
  await page.reload();
  await page.getByRole('button', { name: /History/ }).click();
  await page
    .getByRole('button', { name: new RegExp(SAMPLES[0]!.part) })
    .first()
    .click();
  await tab(page, 'Questions');
  await expect(asked(page)).toHaveCount(2);
  await asked(page).first().getByRole('button').click();
  await tab(page, 'Steps');
  await expect(page.getByRole('region', { name: 'What the agent did' })).toContainText('by you');
});

test('what decided it: every control says what the agent says then, and the inspection stays as it was', async ({
  page,
}) => {
  await inspectSample(page);
  const before = await verdict(page).textContent();
  await tab(page, 'Questions');
  await questions(page).getByRole('button', { name: 'Find out' }).click();
  await expect(questions(page).getByRole('button', { name: 'Find out again' })).toBeVisible({ timeout: 60_000 });
  const rows = questions(page).getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(6);
  await expect(rows.filter({ hasText: 'With wrong good parts' })).toContainText('shuffled');
  await expect(questions(page).getByText('Not made yet')).toHaveCount(0);
  expect(await verdict(page).textContent()).toBe(before);
});

test('a sweep that is stopped keeps what it saw; another completes the coverage', async ({ page }) => {
  const worker = await slowWorker(page, 0);
  await openStudio(page);
  await chooseFiles(page, samplePath(SAMPLES[0]!.part));
  await expectVerdict(page);
  await tab(page, 'Questions');
  await worker.set(1000);
  await questions(page).getByRole('button', { name: 'Sweep the rest' }).click();
  await expect(questions(page).getByText(/^[1-9]\d? of \d+ places$/)).toBeVisible({ timeout: 30_000 });
  await questions(page).getByRole('button', { name: 'Stop' }).click();
  await expect(asked(page)).toHaveCount(1, { timeout: 30_000 });
  await expect(asked(page).first()).toContainText('Stopped');

  await worker.set(0);
  await openStudio(page);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('dialog').getByText(SAMPLES[0]!.part).click();
  await tab(page, 'Questions');
  await questions(page).getByRole('button', { name: 'Sweep the rest' }).click();
  await expect(asked(page)).toHaveCount(2, { timeout: 60_000 });
  await expect(asked(page).nth(1)).toContainText('100% seen in full detail');
});

test('an inspection that was stopped goes on from its last finished step', async ({ page }) => {
  const steps = page.getByRole('region', { name: 'What the agent did' });
  const worker = await slowWorker(page, 200);
  await openStudio(page);
  await stopAfter(page, /^Finds what differs.*\dm?s$/);
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expect(page.getByText('Stopped at step 1.')).toBeVisible({ timeout: 30_000 });

  await worker.set(0);
  await openStudio(page);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('dialog').getByText(SAMPLES[0]!.part).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expectVerdict(page);
  await expect(steps.getByText('Finds what differs').first()).toBeVisible();
  await expect(steps.getByText('Stopped')).toHaveCount(0);
  await expect(steps.getByText('Gives its answer')).toBeVisible();
});

/** Presses Stop in the moment that the list of steps shows a row with such words: quicker than a test can look. */
function stopAfter(page: Page, row: RegExp): Promise<void> {
  return page.evaluate((source) => {
    const pattern = new RegExp(source);
    const buttons = () => [...document.querySelectorAll('button')];
    const observer = new MutationObserver(() => {
      if (!buttons().some((button) => pattern.test(button.textContent.trim()))) return;
      const stop = buttons().find((button) => button.textContent.trim() === 'Stop');
      if (!stop) return;
      observer.disconnect();
      stop.click();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  }, row.source);
}

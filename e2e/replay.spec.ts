/** Watching: steps both ways with buttons and keys, stopping, and what a reload keeps. */
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
  // Plain JavaScript: slow enough that the inspection surely still runs when Stop is pressed.
  await openStudio(page, '?backend=cpu');
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

/** A whole run is reviewed with the keyboard alone: opened, stepped through, a region chosen, decided, noted, the next one. */
import { chooseFiles, copyOfRecorded, expect, openStudio, test, verdict } from './studio.ts';

test('a whole run is reviewed without a pointer', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, 'e2e/fixtures/recorded.trace.json');
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  await chooseFiles(page, copyOfRecorded('second.jpg'));
  await expect(page.getByText('second.jpg').first()).toBeVisible();
  const { keyboard } = page;

  // To the history through the palette, and to a run in it.
  await keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search actions' })).toBeFocused();
  await keyboard.type('history');
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'History' })).toBeVisible();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  const opened = (await page.getByText('second.jpg').count()) > 0 ? 'second' : 'first';

  // Every step, and back.
  await keyboard.press('Home');
  for (let step = 1; step <= 12; step++) {
    await keyboard.press('ArrowRight');
    await expect(page.getByText(`step ${step} / 12`)).toBeVisible();
  }
  await keyboard.press('k');
  await expect(page.getByText('step 11 / 12')).toBeVisible();
  await keyboard.press('End');

  // A region is pointed at, and let go.
  await keyboard.press('t');
  await expect(page.getByRole('button', { pressed: true }).first()).toBeAttached();
  await keyboard.press('Escape');

  // Decided, with a note; letters in the note are letters.
  const position = page.getByText(/^step \d+ \/ 12$/);
  const before = await position.innerText();
  await keyboard.press('d');
  await expect(verdict(page).getByText('Not decided')).toBeHidden();
  await keyboard.press('n');
  await expect(page.getByRole('textbox', { name: /note/i })).toBeFocused();
  await keyboard.type('rim scratch, drum 7');
  await keyboard.press('Enter');
  await expect(verdict(page).getByText('rim scratch, drum 7')).toBeVisible();
  await expect(position).toHaveText(before);

  // The next one, accepted, taken back; the first decision is still there.
  const [away, back] = opened === 'second' ? ['PageDown', 'PageUp'] : ['PageUp', 'PageDown'];
  await keyboard.press(away!);
  await expect(verdict(page).getByText('Not decided')).toBeVisible();
  await keyboard.press('Enter');
  await expect(verdict(page).getByText('Not decided')).toBeHidden();
  await keyboard.press('Control+z');
  await expect(verdict(page).getByText('Not decided')).toBeVisible();
  await keyboard.press(back!);
  await expect(verdict(page).getByText('rim scratch, drum 7')).toBeVisible();
});

test('keys are shown, changed and turned off', async ({ page }) => {
  await openStudio(page);
  await chooseFiles(page, 'e2e/fixtures/recorded.trace.json');
  await expect(page.getByText('step 12 / 12')).toBeVisible();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(sheet.getByText('Next step')).toBeVisible();
  await page.keyboard.press('j'); // rests while the sheet is open
  await page.keyboard.press('Home');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(page.getByText('step 12 / 12')).toBeVisible();

  await page.getByRole('button', { name: 'Settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('button', { name: 'Change the key: Previous step' }).click();
  await page.keyboard.press('r');
  await expect(settings.getByRole('alert')).toContainText('Inspect again');
  await page.keyboard.press('p');
  await page.keyboard.press('Escape');
  await page.keyboard.press('p');
  await expect(page.getByText('step 11 / 12')).toBeVisible();

  await page.reload();
  await expect(page.getByRole('button', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search actions' })).toBeFocused();
  await page.keyboard.type('settings');
  await page.keyboard.press('Enter');
  await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeHidden();
});

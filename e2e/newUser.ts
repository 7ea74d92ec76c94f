/** The way of a new user from an empty studio to a validated, or honestly provisional, recipe. Every click is counted. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Way {
  readonly clicks: number;
  readonly seconds: number;
}

/** `folder`: good parts in `train/good`, known good and bad ones in `test`. Ends on the validation's results. */
export async function validateFolder(
  page: Page,
  folder: string,
  timeout: number,
  beforeValidating: (library: Locator) => Promise<void> = () => Promise.resolve(),
): Promise<Way> {
  const started = Date.now();
  let clicks = 0;
  const click = async (target: Locator) => {
    await target.click();
    clicks += 1;
  };
  await click(page.getByRole('button', { name: /^Library/ }).first());
  const library = page.getByRole('dialog', { name: /Library/ });
  const chooser = page.waitForEvent('filechooser');
  await click(library.getByRole('button', { name: /folder/i }).first());
  await (await chooser).setFiles(folder);
  await click(page.getByLabel(/^Also take \d+ labelled image/));
  await click(page.getByRole('button', { name: /^Import \d+ images/ }));
  await expect(library.getByText(/^Imported: /)).toBeVisible({ timeout: 60_000 });
  await click(library.getByRole('button', { name: 'Close', exact: true }).last());
  await click(library.getByRole('tab', { name: 'Validation' }));
  const begin = library.getByRole('button', { name: 'Validate', exact: true }).last();
  await expect(begin).toBeEnabled({ timeout: 60_000 });
  await beforeValidating(library);
  await click(begin);
  await expect(library.getByText(/^All \d+ images were inspected/)).toBeVisible({ timeout });
  return { clicks, seconds: (Date.now() - started) / 1000 };
}

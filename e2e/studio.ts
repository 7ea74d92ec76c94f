/** What every end-to-end test stands on: the built page, watched for requests that leave this computer and for errors. */
import { readFileSync } from 'node:fs';
import { expect, test as base, type Locator, type Page } from '@playwright/test';

export interface Sample {
  readonly title: string;
  readonly category: string;
  readonly types: readonly string[];
  readonly part: string;
  readonly exemplars: readonly string[];
}

export const SAMPLES = JSON.parse(readFileSync('public/samples/samples.json', 'utf8')) as readonly Sample[];

export const samplePath = (name: string) => `public/samples/${name}`;

/** Every test fails when a request goes anywhere but to the page's own server, or when the page throws. */
export const test = base.extend<{ watched: void }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const elsewhere: string[] = [];
      const errors: string[] = [];
      const home = new URL(baseURL ?? '').origin;
      page.context().on('request', (request) => {
        const url = new URL(request.url());
        if (/^https?:|^wss?:/.test(url.protocol) && url.origin !== home) elsewhere.push(request.url());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await use();
      expect(elsewhere, 'requests that left this computer').toEqual([]);
      expect(errors, 'uncaught errors').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function openStudio(page: Page, query = ''): Promise<void> {
  await page.goto(query);
  await expect(page.getByRole('heading', { name: 'AgentIAD Studio' })).toBeVisible();
}

export async function chooseFiles(page: Page, files: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
  await page.getByLabel('Images to inspect, or a saved trace').setInputFiles(files);
}

/** The recorded run of the fixtures under another id and name, as a file to choose. */
export function copyOfRecorded(name: string) {
  const trace = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as {
    verdict: { id: string; image: { name: string } };
  };
  trace.verdict.id += '-2';
  trace.verdict.image.name = name;
  return { name: 'copy.trace.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(trace)) };
}

export function verdict(page: Page): Locator {
  return page.getByRole('region', { name: 'Verdict' });
}

/** Waits until the inspection ended with an answer. */
export async function expectVerdict(page: Page, timeout = 60_000): Promise<void> {
  const model = verdict(page).getByRole('group', { name: 'Model' });
  await expect(model.getByText(/^(Needs review|Normal|Defect)$/)).toBeVisible({ timeout });
}

/** Makes a kind of part and gives it good parts, as a user would. */
export async function addGoodParts(page: Page, name: string, types: readonly string[], files: readonly string[]) {
  await page.getByRole('button', { name: 'Add 3 to 10 good parts' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Defects to look for').fill(types.join(', '));
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
  await page.getByLabel(`Good parts of ${name}`).setInputFiles([...files]);
  await expect(page.getByText(`${files.length} good parts: enough to tell what is unusual.`)).toBeVisible();
  await page.keyboard.press('Escape');
}

export async function readDownload(page: Page, button: string): Promise<unknown> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return JSON.parse(readFileSync(await download.path(), 'utf8'));
}

/** Verdict and decision: decided by keys, kept, undone, saved; thresholds re-label; claims lead to their evidence. */
import { readFileSync } from 'node:fs';
import { checkDocument } from '../packages/core/src/protocol/schema.ts';
import type { Trace } from '../packages/core/src/protocol/trace.ts';
import type { Page } from '@playwright/test';
import { chooseFiles, expect, openStudio, readDownload, test, verdict } from './studio.ts';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;

/** The recorded run as three runs: the last one is on the stage, the agent says defect, normal, defect. */
async function openRuns(page: Page): Promise<void> {
  const runs = [0.9, 0.2, 0.8].map((score, index) => ({
    ...recorded,
    verdict: {
      ...recorded.verdict,
      id: `run-${index}`,
      created: `2026-01-0${index + 1}T00:00:00.000Z`,
      verdict: { ...recorded.verdict.verdict, score },
      agentAnswer: { ...recorded.verdict.agentAnswer!, anomaly_present: score > 0.5 },
      image: { ...recorded.verdict.image, name: `part-${index}.png` },
    },
  }));
  await chooseFiles(
    page,
    runs.map((trace, index) => ({
      name: `run-${index}.trace.json`,
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(trace)),
    })),
  );
  await expect(page.getByText('part-2.png').first()).toBeVisible();
}

/** What is in the browser's storage: a decision is shown before it is there. */
function storedDecision(page: Page, runId: string): Promise<string | undefined> {
  return page.evaluate(
    (id) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('agentiad-studio');
        opening.onerror = () => reject(new Error(opening.error?.message));
        opening.onsuccess = () => {
          const asked = opening.result.transaction('decisions').objectStore('decisions').get(id);
          asked.onsuccess = () => resolve((asked.result as { decision: string } | undefined)?.decision);
          opening.result.close();
        };
      }),
    runId,
  );
}

const decision = (page: Page) => verdict(page).getByRole('group', { name: 'Your decision' });

test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: 'reduce' }));

test('decided by keys, undone, kept through a reload and saved with the untouched verdict', async ({ page }) => {
  await openStudio(page);
  await openRuns(page);
  await expect(decision(page)).toContainText('Not decided');
  await page.keyboard.press('Enter');
  await expect(decision(page)).toContainText('Defective');
  await page.keyboard.press('g');
  await expect(decision(page)).toContainText('Good part');
  await page.keyboard.press('n');
  await page.getByLabel('Note on the decision').fill('a hair');
  await page.keyboard.press('Enter');
  await expect(verdict(page).getByText('a hair')).toBeVisible();

  await page.keyboard.press('Control+z');
  await expect(verdict(page).getByText('a hair')).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(decision(page)).toContainText('Defective');
  await page.keyboard.press('Control+Shift+z');
  await expect(decision(page)).toContainText('Good part');

  await expect.poll(() => storedDecision(page, 'run-2')).toBe('good');
  await page.reload();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('radio', { name: /^Against the model/ }).click();
  const rows = page.getByRole('dialog').locator('[data-row]');
  await expect(rows).toHaveCount(1);
  await rows.getByText('part-2.png').click();
  await expect(decision(page)).toContainText('Good part');
  const saved = checkDocument('verdict', await readDownload(page, 'Save verdict'));
  expect(saved).toMatchObject({
    ok: true,
    value: { verdict: { label: 'review', score: 0.8 }, human: { decision: 'good', accepted: false, type: null } },
  });
});

test('runs are gone through with the keys, and the next undecided one comes by itself when wanted', async ({
  page,
}) => {
  await openStudio(page);
  await openRuns(page);
  await page.keyboard.press('PageDown');
  await expect(page.getByText('part-1.png').first()).toBeVisible();
  await page.keyboard.press('PageUp');
  await verdict(page).getByLabel('Then show the next undecided one').check();
  await page.keyboard.press('d');
  await expect(page.getByText('part-1.png').first()).toBeVisible();
  await page.keyboard.press('g');
  await expect(page.getByText('part-0.png').first()).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('part-1.png').first()).toBeVisible();
  await expect(decision(page)).toContainText('Not decided');
});

test('moving a threshold re-labels the stored runs by score alone; what was issued stays and both are saved', async ({
  page,
}) => {
  await openStudio(page);
  await openRuns(page);
  await verdict(page).getByRole('button', { name: 'Thresholds and all scores' }).click();
  const counts = verdict(page).locator('.thresholds-counts dd');
  await expect(counts).toHaveText(['1', '0', '2']);
  const upper = verdict(page).getByRole('slider', { name: 'Above this: defect' });
  await upper.focus();
  for (let presses = 0; presses < 2; presses++) await page.keyboard.press('Shift+ArrowRight');
  await expect(upper).toHaveAttribute('aria-valuenow', '0.85');
  await expect(counts).toHaveText(['1', '1', '1']);
  await expect(
    verdict(page).getByText(/Issued as Needs review at 0\.35 \/ 0\.65\. At today’s 0\.35 \/ 0\.85/),
  ).toBeVisible();
  expect(await readDownload(page, 'Save verdict')).toMatchObject({
    settings: { t1: 0.35, t2: 0.65 },
    relabelled: { t1: 0.35, t2: 0.85, label: 'review' },
  });
  await page.reload();
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.getByText('by score today: Defect')).toHaveCount(1);
});

test('a claim leads to its evidence, an unsupported one says so, and the model’s eye shows the pixels', async ({
  page,
}) => {
  await openStudio(page);
  await openRuns(page);
  await page.keyboard.press('Home');
  const reasons = verdict(page).getByRole('list', { name: 'Reasons' });
  const [bare] = recorded.verdict.claims.filter((claim) => claim.unsupported);
  await expect(reasons.getByRole('listitem').filter({ hasText: bare!.text })).toContainText('unsupported');
  await reasons.getByRole('button').first().click();
  await expect(page.getByText('step 0 /')).toBeHidden();
  await expect(verdict(page).getByRole('list', { name: 'Marked places' }).locator('[aria-pressed=true]')).toHaveCount(
    1,
  );

  await page.keyboard.press('v');
  const eye = page.getByRole('region', { name: 'What the model received and wrote' });
  await page.keyboard.press('Home');
  const [part] = recorded.images;
  const { width, height } = recorded.assets[part!.asset]!;
  await expect(eye.getByText(`${width} × ${height} px, ${part!.tokens} tokens.`)).toBeVisible();
  await expect(eye.getByText(recorded.prompt.system.trim().slice(0, 40))).toBeVisible();
  await page.keyboard.press('ArrowRight');
  const [first] = recorded.steps;
  await expect(eye.getByText(`${first!.tokens.generated} tokens`)).toBeVisible();
  await expect(eye.getByText(first!.call!.name).first()).toBeVisible();
});

/** The studio's worker changed for a test: code of ours before its own, and inspections that take their time. */
import type { Page } from '@playwright/test';

/** Runs `script()` before the worker's own code. Call it before the page is opened. */
export async function patchWorker(page: Page, script: () => string): Promise<void> {
  await page.context().route(/worker[^/]*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script()}${await response.text()}` });
  });
}

/**
 * Makes the model rest `pauseMs` each time it lets the worker breathe, some twenty times a second of work. What is done
 * during an inspection then surely comes in time, on any machine, and nothing is computed meanwhile. `set` changes it for
 * the worker that is there and for later ones.
 */
export async function slowWorker(page: Page, pauseMs: number): Promise<{ set(pauseMs: number): Promise<void> }> {
  let current = pauseMs;
  await patchWorker(
    page,
    () => `
      let pauseMs = ${current};
      new BroadcastChannel('slow-worker').onmessage = ({ data }) => { pauseMs = data; };
      const timer = self.setTimeout;
      self.setTimeout = (resume, ms, ...given) => timer(resume, ms === 0 ? pauseMs : ms, ...given);
    `,
  );
  return {
    async set(next) {
      current = next;
      await page.evaluate((ms) => new BroadcastChannel('slow-worker').postMessage(ms), next);
    },
  };
}

/** The built studio in a Chromium, in a theme and a language, for scripts that look at it. */
import { chromium } from '@playwright/test';
import { findChromium } from './browser.mjs';
import { buildIfChanged } from './build.mjs';
import { serveStudio } from './serve.mjs';

/**
 * Builds and serves the studio, starts a browser, and closes both when `work` is done.
 * @param {(open: (look?: Look) => Promise<import('@playwright/test').Page>, url: string) => Promise<void>} work
 */
export async function withStudio(work) {
  await buildIfChanged();
  const { url, close } = await serveStudio({ port: 4400, tries: 20 });
  const browser = await chromium.launch({ executablePath: (await findChromium()) ?? undefined });
  try {
    await work((look) => openPage(browser, look), url);
  } finally {
    await browser.close();
    close();
  }
}

/**
 * @typedef {{ theme?: 'light' | 'dark', language?: 'en' | 'zh', size?: { width: number, height: number } }} Look
 * @param {import('@playwright/test').Browser} browser
 * @param {Look} [look]
 */
async function openPage(browser, { theme = 'light', language = 'en', size = { width: 1440, height: 900 } } = {}) {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce', colorScheme: theme });
  const page = await context.newPage();
  await page.addInitScript(
    ([chosen]) => globalThis.localStorage.setItem('agentiad-preferences', JSON.stringify({ language: chosen })),
    [language],
  );
  return page;
}

/** A Chromium with a profile of its own, that can be killed without a word and started again on what it left. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import process from 'node:process';
import { chromium } from '@playwright/test';
import { findChromium } from './browser.mjs';
import { ScriptError } from './run.mjs';

/**
 * @param {string} profile folder
 * @returns {Promise<{ page: import('@playwright/test').Page, kill(): Promise<void> }>} `kill` ends all its processes with
 *   SIGKILL
 */
export async function startKillable(profile) {
  const executable = (await findChromium()) ?? chromium.executablePath();
  const options = [
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-background-networking',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ];
  await Promise.all(
    ['SingletonLock', 'SingletonCookie', 'SingletonSocket'].map((name) => rm(`${profile}/${name}`, { force: true })),
  );
  // A group of its own: killing the group leaves none of its processes behind.
  const child = spawn(executable, options, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const browser = await chromium.connectOverCDP(await addressOf(child));
  const [context] = browser.contexts();
  const page = context?.pages()[0] ?? (await context?.newPage());
  if (!page || child.pid === undefined) throw new ScriptError('Chromium started without a page.');
  const { pid } = child;
  return {
    page,
    async kill() {
      process.kill(-pid, 'SIGKILL');
      await gone;
      await browser.close().catch(() => {}); // the connection is dead already
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new ScriptError(`Chromium ended at once: ${said.slice(-400)}`)));
    child.stderr?.on('data', (piece) => {
      said += String(piece);
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
  });
}

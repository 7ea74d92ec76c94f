/**
 * The Chromium of the end-to-end tests: one that is there (`CHROMIUM_PATH`, the system's, Playwright's), else one that
 * gets installed. Its folder also holds SwiftShader, the software GPU that Node's GPU tests can use.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run, runTool } from './run.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const installed = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

/** @returns {Promise<string | null>} path of a Chromium that can be used now */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return existsSync(given) ? given : null;
  for (const candidate of [...onPath(), ...(installed[process.platform] ?? [])]) {
    if (existsSync(candidate) && (await starts(candidate))) return candidate;
  }
  return findPlaywrightChromium();
}

/**
 * Finds a Chromium or installs one: Debian's package where we may, else Playwright's build.
 * @returns {Promise<{ path: string } | { remedy: string }>}
 */
export async function provideChromium() {
  const found = await findChromium();
  if (found) return { path: found };
  if (process.env.CHROMIUM_PATH) {
    return { remedy: `CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist. Correct or unset it.` };
  }
  console.log('Installing a Chromium for the browser tests ...');
  if (linuxName() === 'debian' && process.getuid?.() === 0) {
    await run('apt-get', ['update', '-q']);
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  } else {
    await runTool('playwright/cli.js', ['install', 'chromium']);
  }
  const path = await findChromium();
  return path ? { path } : { remedy: remedyFor(process.platform) };
}

/**
 * The environment in which Node finds the software GPU that comes with `chromium`, or null when it has none.
 * @param {string} chromium
 */
export function swiftShaderEnvironment(chromium) {
  const folders = [
    path.dirname(realpathSync(chromium)),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
  ];
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'vk_swiftshader_icd.json')));
  if (process.platform !== 'linux' || !folder) return null;
  const libraries = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(':');
  return { VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: libraries };
}

/** `debian`, `ubuntu`, ... or an empty string. */
export function linuxName() {
  if (!existsSync('/etc/os-release')) return '';
  return /^ID="?([a-z]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
}

function onPath() {
  if (process.platform === 'win32') return [];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return commands.flatMap((command) => folders.map((folder) => path.join(folder, command)));
}

/** Ubuntu's `chromium-browser` may be a stub that only tells to install a snap. Chrome on Windows prints no version. */
async function starts(candidate) {
  if (process.platform === 'win32') return true;
  const { code, output } = await run(candidate, ['--version'], { capture: true, timeoutMs: 30_000 });
  return code === 0 && /Chrom/.test(output);
}

async function findPlaywrightChromium() {
  try {
    const { chromium } = await import('playwright-core');
    return existsSync(chromium.executablePath()) ? chromium.executablePath() : null;
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function remedyFor(platform) {
  if (platform === 'linux') {
    return 'Install one as root (Debian: apt-get install chromium; elsewhere: npx playwright install --with-deps chromium), or set CHROMIUM_PATH.';
  }
  return 'Install Google Chrome, or run `npx playwright install chromium`, or set CHROMIUM_PATH.';
}

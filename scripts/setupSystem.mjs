/**
 * `npm run setup:system`: on Debian and Ubuntu, as root, installs what only the system can give to the tests: a Chromium
 * and lavapipe, Mesa's software Vulkan driver (ten times faster for Node's GPU tests than SwiftShader, and with f16).
 * Where the release's own Mesa is too old it adds one file with the release's backports, from the machine's own mirror.
 * Elsewhere it says what to do by hand. Running it again changes nothing.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { deriveBackports, parseListFile, parseSourcesFile } from './lib/aptSources.mjs';
import { findChromium, linuxName } from './lib/browser.mjs';
import { run, ScriptError, start } from './lib/run.mjs';

const backportsFile = '/etc/apt/sources.list.d/agentiad-backports.sources';
/** Older drivers lack what Dawn asks for. */
const oldestMesa = 24;
const driver = 'mesa-vulkan-drivers';

await start(async () => {
  if (!['debian', 'ubuntu'].includes(linuxName())) {
    console.log('Nothing to set up by this script on this system: it knows Debian and Ubuntu.');
    console.log('For `npm test` install Chrome or Chromium; GPU tests use the graphics driver that is there.');
    console.log("A software Vulkan driver: your distribution's package of Mesa 24 or later with lavapipe.");
    return;
  }
  const needsChromium = (await findChromium()) === null;
  const needsDriver = mesaMajor(await policy(driver), 'Installed') < oldestMesa;
  if (!needsChromium && !needsDriver) return console.log('The system is set up: Chromium and lavapipe are there.');
  if (process.getuid?.() !== 0)
    throw new ScriptError('This installs packages: run it as root (sudo npm run setup:system).');

  await apt(['update']);
  if (needsChromium && linuxName() === 'debian') await apt(['install', 'chromium']);
  if (needsDriver) await installDriver();
  console.log('The system is set up.');
});

async function installDriver() {
  if (mesaMajor(await policy(driver), 'Candidate') >= oldestMesa) return apt(['install', 'libvulkan1', driver]);
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
  const { isPresent, stanza } = deriveBackports(await readSources(), codename);
  if (!isPresent) {
    if (!stanza) {
      throw new ScriptError(
        `No package source of this machine serves "${codename}". Install ${driver} ${oldestMesa} or later by hand.`,
      );
    }
    const head = '# Written by `npm run setup:system` of AgentIAD Studio, for a recent Mesa. Delete it to undo.\n';
    await writeFile(backportsFile, head + stanza);
    console.log(`Added ${backportsFile}`);
    await apt(['update']);
  }
  await apt(['install', '-t', `${codename}-backports`, 'libvulkan1', driver]);
}

/** @param {readonly string[]} args */
async function apt([command = '', ...rest]) {
  const options = command === 'install' ? ['-y', '--no-install-recommends'] : [];
  const { code } = await run('apt-get', [command, '-q', ...options, ...rest], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) throw new ScriptError(`apt-get ${command} failed: see its message above.`);
}

/** @param {string} name */
async function policy(name) {
  return (await run('apt-cache', ['policy', name], { capture: true, env: { LC_ALL: 'C' } })).output;
}

/** Major version on the line `Installed:` or `Candidate:`, 0 when there is none. */
function mesaMajor(text, line) {
  return Number(new RegExp(`${line}: (?:\\d+:)?(\\d+)`).exec(text)?.[1] ?? 0);
}

async function readSources() {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? (await readdir(folder)).map((name) => path.join(folder, name)) : [];
  const files = ['/etc/apt/sources.list', ...names].filter((file) => existsSync(file));
  const sources = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    if (file.endsWith('.sources')) sources.push(...parseSourcesFile(text));
    if (file.endsWith('.list')) sources.push(...parseListFile(text));
  }
  return sources;
}

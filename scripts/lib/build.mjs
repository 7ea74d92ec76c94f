/** Builds the studio into `dist/` unless it is there already, made from the same sources. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root, runTool, ScriptError } from './run.mjs';

const stampFile = path.join(root, '.cache', 'build.sha256');
const sources = [
  'index.html',
  'vite.config.ts',
  'scripts/lib/replayPage.mjs',
  'package-lock.json',
  'src',
  'packages/core/src',
  'packages/core/schema',
];

/** @returns {Promise<boolean>} whether it was built */
export async function buildIfChanged() {
  const stamp = await hashSources();
  if (existsSync(path.join(root, 'dist', 'index.html')) && (await readStamp()) === stamp) return false;
  console.log('Building the studio ...');
  const { code } = await runTool('vite/bin/vite.js', ['build', '--logLevel', 'warn']);
  if (code !== 0) throw new ScriptError('The build failed: see the message above.');
  await mkdir(path.dirname(stampFile), { recursive: true });
  await writeFile(stampFile, stamp);
  return true;
}

async function readStamp() {
  return existsSync(stampFile) ? await readFile(stampFile, 'utf8') : '';
}

/** Sources by content; `public/`, which is only copied, by name, size and time. */
async function hashSources() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await listFiles(source)) {
      hash.update(`${file}\0`);
      hash.update(await readFile(path.join(root, file)));
    }
  }
  for (const file of await listFiles('public')) {
    const { size, mtimeMs } = await stat(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}

/**
 * Files at or below `location` (relative to the repository), sorted.
 * @param {string} location
 * @returns {Promise<string[]>}
 */
async function listFiles(location) {
  const full = path.join(root, location);
  if (!existsSync(full)) return [];
  if (!(await stat(full)).isDirectory()) return [location];
  const entries = await readdir(full, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

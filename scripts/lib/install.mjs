/** Installs the npm packages that are missing, and only then: compares the lock file with what npm says is there. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root, runNpm, ScriptError } from './run.mjs';

/** @typedef {{ version?: string, link?: boolean, dev?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry */

/**
 * @param {{ withTestPackages: boolean }} options
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function installMissing({ withTestPackages }) {
  const missing = await findMissing(withTestPackages);
  if (missing.length === 0) return false;
  console.log(`Installing npm packages (${missing.length} missing, ${missing[0]} among them) ...`);
  // No package needs its install script; not running them is safer and quieter.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!withTestPackages) args.push('--omit=dev');
  const { code } = await runNpm(args);
  if (code !== 0) {
    throw new ScriptError(
      'npm could not install the packages: see its message above. Check the network, then try again.',
    );
  }
  return true;
}

/** @param {boolean} withTestPackages */
async function findMissing(withTestPackages) {
  const wanted = await readPackages(path.join(root, 'package-lock.json'));
  const installed = await readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([location, entry]) => {
      if (!location.startsWith('node_modules/') && !location.includes('/node_modules/')) return false;
      if (entry.optional || entry.devOptional) return false;
      if (entry.dev && !withTestPackages) return false;
      const found = installed[location];
      return found === undefined || found.version !== entry.version;
    })
    .map(([location]) => location.split('node_modules/').at(-1));
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, LockEntry>>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

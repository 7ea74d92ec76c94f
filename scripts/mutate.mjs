/**
 * Do the tests notice what they are there for? Makes each known mistake (lib/mutations.mjs for the engine,
 * lib/trainMutations.mjs for training) in a copy of the repository and runs the tests that must turn red; first the same
 * tests without it, which must be green. The working tree is never touched. Prints a Markdown table; fails when a mistake goes unnoticed. `node scripts/mutate.mjs [words of a mistake]`
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { findAdapter, adapterRemedy } from './lib/adapter.mjs';
import { findChromium } from './lib/browser.mjs';
import { mutations } from './lib/mutations.mjs';
import { root, run, ScriptError, start } from './lib/run.mjs';
import { trainMutations } from './lib/trainMutations.mjs';

const inCore = (/** @type {string} */ file) => `packages/core/src/${file}`;
const all = [
  ...mutations.map((one) => ({ ...one, file: inCore(one.file), test: inCore(one.test) })),
  ...trainMutations,
];

const testTimeoutMs = 15 * 60_000;

await start(async () => {
  const wanted = process.argv.slice(2).join(' ');
  const chosen = all.filter(({ mistake, file }) => `${file} ${mistake}`.includes(wanted));
  if (chosen.length === 0) throw new ScriptError(`No known mistake is called "${wanted}".`);
  const needsAdapter = chosen.some(({ project }) => project.startsWith('gpu'));
  const adapter = needsAdapter ? await findAdapter(await findChromium()) : null;
  if (needsAdapter && !adapter) throw new ScriptError(`The tests of kernels need a WebGPU adapter. ${adapterRemedy()}`);
  const copy = await copyRepository();
  try {
    const rows = [];
    for (const mutation of chosen) rows.push(await judge(copy, mutation, adapter?.env ?? {}));
    console.log(`\n${adapter ? `On ${adapter.name}:\n\n` : ''}| mistake | file | tests | noticed |\n|---|---|---|---|`);
    for (const { mutation, verdict } of rows) {
      const { mistake, file, test, only } = mutation;
      console.log(`| ${mistake} | \`${file}\` | \`${test}\`${only ? ` (${only})` : ''} | ${verdict} |`);
    }
    const missed = rows.filter(({ isNoticed }) => !isNoticed).length;
    if (missed > 0) throw new ScriptError(`${missed} of ${rows.length} mistakes went unnoticed or could not be tried.`);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

/**
 * @param {string} copy
 * @param {import('./lib/mutations.mjs').Mutation} mutation
 * @param {Record<string, string>} env
 */
async function judge(copy, mutation, env) {
  const { mistake, find, replace } = mutation;
  const file = path.join(copy, mutation.file);
  const original = await readFile(file, 'utf8');
  const places = original.split(find).length - 1;
  if (places !== 1) return { mutation, isNoticed: false, verdict: `not tried: the text occurs ${places} times` };
  console.error(`${mistake} ...`);
  const before = await runTests(copy, mutation, env);
  if (before.code !== 0 || !countOf('passed', before)) {
    console.error(before.output);
    return { mutation, isNoticed: false, verdict: 'not tried: red, or no test, without it' };
  }
  try {
    await writeFile(
      file,
      original.replace(find, () => replace),
    );
    const after = await runTests(copy, mutation, env);
    const failed = countOf('failed', after);
    return { mutation, isNoticed: failed > 0, verdict: failed > 0 ? `yes, ${failed} red` : '**no**' };
  } finally {
    await writeFile(file, original);
  }
}

/**
 * In the copy.
 * @param {string} copy
 * @param {import('./lib/mutations.mjs').Mutation} mutation
 * @param {Record<string, string>} env
 */
function runTests(copy, { project, test, only }, env) {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const filter = only ? ['--testNamePattern', only.replaceAll(/[()+]/g, '\\$&')] : [];
  const args = [vitest, 'run', '--project', project, test, ...filter];
  return run(process.execPath, args, { cwd: copy, env, capture: true, timeoutMs: testTimeoutMs });
}

/** All files that git knows or would add, with this repository's packages linked in. */
async function copyRepository() {
  const { code, output } = await run('git', ['ls-files', '-co', '--exclude-standard', '-z'], { capture: true });
  if (code !== 0) throw new ScriptError(`This needs the repository's git: ${output}`);
  const copy = await mkdtemp(path.join(os.tmpdir(), 'mutate-'));
  for (const file of output.split('\0').filter((name) => name !== '')) {
    await cp(path.join(root, file), path.join(copy, file)).catch((error) => {
      if (error.code !== 'ENOENT') throw error; // deleted, but not yet in git
    });
  }
  await linkPackages(copy, 'node_modules');
  await mkdir(path.join(copy, 'node_modules', '@agentiad'));
  for (const name of await readdir(path.join(copy, 'packages'))) {
    await symlink(path.join(copy, 'packages', name), path.join(copy, 'node_modules', '@agentiad', name));
    const own = path.join(root, 'packages', name, 'node_modules');
    if (existsSync(own)) await symlink(own, path.join(copy, 'packages', name, 'node_modules'));
  }
  return copy;
}

async function linkPackages(copy, folder) {
  await mkdir(path.join(copy, folder));
  for (const name of await readdir(path.join(root, folder))) {
    if (name === '@agentiad' || name.startsWith('.')) continue;
    await symlink(path.join(root, folder, name), path.join(copy, folder, name));
  }
}

/**
 * Tests that `failed` or `passed`, as Vitest sums them up.
 * @param {string} verb
 * @param {{ output: string }} result
 */
function countOf(verb, { output }) {
  const summary = /Tests {2}.*/.exec(stripVTControlCharacters(output))?.[0] ?? '';
  return Number(new RegExp(`(\\d+) ${verb}`).exec(summary)?.[1] ?? 0);
}

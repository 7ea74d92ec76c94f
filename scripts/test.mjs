/**
 * `npm test [-- --only lint,types,format,unit,gpu,build,e2e]`: installs what is missing, a Chromium included, then runs
 * every check. The last line is `<n> passed, <n> failed, <n> skipped` over all of them; the exit code is 1 on any
 * failure. Without a browser or an adapter the tests that need one are skipped by name; with CI=true that is a failure.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { adapterRemedy, findAdapter } from './lib/adapter.mjs';
import { provideChromium } from './lib/browser.mjs';
import { buildIfChanged } from './lib/build.mjs';
import { checkFormat, checkLint, checkTypes } from './lib/checks.mjs';
import { installMissing } from './lib/install.mjs';
import { countPlaywright, countVitest, oneCheck } from './lib/results.mjs';
import { root, runTool, ScriptError, start } from './lib/run.mjs';

/** @typedef {import('./lib/results.mjs').Count} Count */

const reports = path.join(root, '.cache', 'test');
const isCi = process.env.CI === 'true';
/** @type {{ path: string } | { remedy: string }} */
let chromium = { remedy: 'It was not looked for.' };

/** In order of running. */
const stages = {
  lint: async () => oneCheck(await checkLint()),
  types: async () => oneCheck(await checkTypes()),
  format: async () => oneCheck(await checkFormat()),
  unit: () => vitest('unit', ['core', 'train', 'studio', 'scripts'], {}),
  gpu: testGpu,
  build: async () => {
    await buildIfChanged();
    return oneCheck(true);
  },
  e2e: testEndToEnd,
};

/** What goes on at the same time: each of these keeps one core busy. The others want the machine for themselves. */
const groups = [['lint', 'types', 'format'], ['unit'], ['gpu'], ['build'], ['e2e']];

await start(async () => {
  const only = readArguments();
  await installMissing({ withTestPackages: true });
  await rm(reports, { recursive: true, force: true });
  await mkdir(reports, { recursive: true });
  if (only.includes('gpu') || only.includes('e2e')) chromium = await provideChromium();

  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  const timed = async (name) => {
    const begin = performance.now();
    const count = await runStage(name);
    for (const key of Object.keys(total)) total[key] += count[key];
    return `${name.padEnd(8)}${seconds(begin).padStart(7)} s  ${describe(count)}`;
  };
  const begin = performance.now();
  for (const group of groups) {
    const names = group.filter((name) => only.includes(name));
    if (names.length === 0) continue;
    console.log(`\n--- ${names.join(', ')}`);
    lines.push(...(await Promise.all(names.map(timed))));
  }
  console.log(`\n${lines.join('\n')}\n${'in all'.padEnd(8)}${seconds(begin).padStart(7)} s\n`);
  console.log(describe(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
});

/** A stage that breaks is a failed check; the others still run. */
async function runStage(name) {
  try {
    return await stages[name]();
  } catch (error) {
    console.error(error instanceof ScriptError ? error.message : error);
    return oneCheck(false);
  }
}

async function testGpu() {
  const adapter = await findAdapter('path' in chromium ? chromium.path : null);
  if (!adapter) return missing('GPU tests', `Node finds no WebGPU adapter. ${adapterRemedy()}`);
  console.log(`Adapter: ${adapter.name}`);
  return vitest('gpu', ['gpu-core', 'gpu-train'], adapter.env);
}

async function testEndToEnd() {
  if (!('path' in chromium)) return missing('End-to-end tests', `There is no Chromium. ${chromium.remedy}`);
  console.log(`Browser: ${chromium.path}`);
  await buildIfChanged();
  const file = path.join(reports, 'e2e.json');
  const { code } = await runTool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
    env: { CHROMIUM_PATH: chromium.path, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  return countPlaywright(file, code);
}

/**
 * @param {string} name
 * @param {readonly string[]} projects
 * @param {Record<string, string>} env
 */
async function vitest(name, projects, env) {
  const file = path.join(reports, `${name}.json`);
  const args = ['run', ...projects.flatMap((project) => ['--project', project])];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${file}`);
  const { code } = await runTool('vitest/vitest.mjs', args, { env });
  return countVitest(file, code);
}

/** @returns {Count} */
function missing(what, reason) {
  console.log(`${what} ${isCi ? 'FAILED' : 'SKIPPED'}: ${reason}`);
  return { passed: 0, failed: isCi ? 1 : 0, skipped: isCi ? 0 : 1 };
}

/** @param {Count} count */
function describe(count) {
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

function seconds(begin) {
  return ((performance.now() - begin) / 1000).toFixed(1);
}

function readArguments() {
  const names = Object.keys(stages);
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' } } });
    if (values.only === undefined) return names;
    const only = values.only.split(',');
    const wrong = only.find((name) => !names.includes(name));
    if (wrong !== undefined) throw new Error(`There is no stage "${wrong}"`);
    return names.filter((name) => only.includes(name));
  } catch (error) {
    throw new ScriptError(`${error.message}. Usage: npm test -- [--only ${names.join(',')}]`);
  }
}

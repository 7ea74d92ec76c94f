/**
 * Lint, types and format: each one check, `fix` writes what can be fixed. Several may run at the same time: what a tool
 * says is shown when it ends.
 */
import process from 'node:process';
import { runTool } from './run.mjs';

const typeProjects = [
  'packages/core/tsconfig.json',
  'packages/core/tsconfig.test.json',
  'packages/train/tsconfig.json',
  'tsconfig.app.json',
  'tsconfig.test.json',
  'tsconfig.node.json',
];
const formatted = '**/*.{ts,tsx,js,mjs,css,html}';

export async function checkLint({ fix = false } = {}) {
  const args = [
    '.',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-location',
    '.cache/eslint/',
    '--cache-strategy',
    'content',
  ];
  return check('eslint/bin/eslint.js', fix ? [...args, '--fix'] : args);
}

export async function checkTypes() {
  let isPassed = true;
  for (const project of typeProjects) {
    const info = `.cache/types/${project.replaceAll('/', '.')}.tsbuildinfo`;
    const args = ['-p', project, '--incremental', '--tsBuildInfoFile', info];
    if (process.stdout.isTTY) args.push('--pretty');
    isPassed = (await check('typescript/bin/tsc', args)) && isPassed;
  }
  return isPassed;
}

export async function checkFormat({ fix = false } = {}) {
  return check('prettier/bin/prettier.cjs', [fix ? '--write' : '--check', '--log-level', 'warn', formatted]);
}

/**
 * @param {string} tool
 * @param {readonly string[]} args
 */
async function check(tool, args) {
  const env = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const { code, output } = await runTool(tool, args, { env, capture: true });
  if (output.trim() !== '') console.log(output.trimEnd());
  return code === 0;
}

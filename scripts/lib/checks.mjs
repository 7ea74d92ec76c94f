/** Lint, types and format: each one check, `fix` writes what can be fixed. */
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
  const { code } = await runTool('eslint/bin/eslint.js', fix ? [...args, '--fix'] : args);
  return code === 0;
}

export async function checkTypes() {
  let isPassed = true;
  for (const project of typeProjects) {
    const info = `.cache/types/${project.replaceAll('/', '.')}.tsbuildinfo`;
    const { code } = await runTool('typescript/bin/tsc', ['-p', project, '--incremental', '--tsBuildInfoFile', info]);
    if (code !== 0) isPassed = false;
  }
  return isPassed;
}

export async function checkFormat({ fix = false } = {}) {
  const { code } = await runTool('prettier/bin/prettier.cjs', [
    fix ? '--write' : '--check',
    '--log-level',
    'warn',
    formatted,
  ]);
  return code === 0;
}

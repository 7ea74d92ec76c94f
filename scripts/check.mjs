/** `npm run check` (lint, types, format) and `npm run fix` (`--fix`: repairs what can be). For daily work; no tests. */
import process from 'node:process';
import { checkFormat, checkLint, checkTypes } from './lib/checks.mjs';
import { installMissing } from './lib/install.mjs';
import { start } from './lib/run.mjs';

await start(async () => {
  const fix = process.argv.includes('--fix');
  await installMissing({ withTestPackages: true });
  // Two that write the same files go one after the other.
  const results = fix
    ? [await checkLint({ fix }), await checkFormat({ fix }), await checkTypes()]
    : await Promise.all([checkLint(), checkFormat(), checkTypes()]);
  console.log(results.every(Boolean) ? 'lint, format and types are in order' : 'not in order: see above');
  process.exitCode = results.every(Boolean) ? 0 : 1;
});

/** Reads the JSON reports of the test runners into one kind of count. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** @param {boolean} isPassed @returns {Count} */
export const oneCheck = (isPassed) => ({ passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, skipped: 0 });

/**
 * A runner that failed without a failed test (a file that does not load, an error outside tests, no report at all)
 * counts as one failure.
 * @param {Count} count
 * @param {number} code
 * @returns {Count}
 */
const withExitCode = (count, code) => (code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count);

/**
 * @param {string} file Vitest's JSON report
 * @param {number} code Vitest's exit code
 * @returns {Promise<Count>}
 */
export async function countVitest(file, code) {
  const report = await read(file);
  if (!report) return oneCheck(false);
  const unloaded = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return withExitCode(count, code);
}

/**
 * @param {string} file Playwright's JSON report
 * @param {number} code Playwright's exit code
 * @returns {Promise<Count>}
 */
export async function countPlaywright(file, code) {
  const report = await read(file);
  if (!report) return oneCheck(false);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withExitCode({ passed: expected + flaky, failed: unexpected, skipped }, code);
}

async function read(file) {
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : null;
}

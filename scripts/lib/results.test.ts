import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countPlaywright, countVitest } from './results.mjs';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'results-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function report(content: object): Promise<string> {
  const file = path.join(folder, 'report.json');
  await writeFile(file, JSON.stringify(content));
  return file;
}

const vitest = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1, testResults: [] };

describe('counting results', () => {
  it('adds up what Vitest and Playwright report', async () => {
    expect(await countVitest(await report(vitest), 0)).toEqual({ passed: 5, failed: 0, skipped: 3 });
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
    expect(await countPlaywright(await report({ stats }), 1)).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });

  it('counts a test file that does not load', async () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect((await countVitest(await report({ ...vitest, testResults }), 1)).failed).toBe(1);
  });

  it('counts an error outside every test, and a runner that left no report', async () => {
    expect((await countVitest(await report(vitest), 1)).failed).toBe(1);
    expect((await countVitest(path.join(folder, 'none.json'), 0)).failed).toBe(1);
    expect((await countPlaywright(path.join(folder, 'none.json'), 0)).failed).toBe(1);
  });
});

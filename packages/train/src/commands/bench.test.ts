import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runHere } from './testProgram.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('agentiad bench', () => {
  it('refuses a budget that is no time, another shape and another peer', async () => {
    for (const flags of [
      ['--budget', 'soon'],
      ['--budget', '0'],
      ['--shape', 'gpt'],
      ['--vs', 'nothing'],
    ]) {
      const { code, stderr } = await runHere('bench', ...flags);
      expect(code).toBe(2);
      expect(stderr).toContain(flags[0]);
    }
  });

  it('says before measuring that a result cannot be written', async () => {
    const { code, stderr } = await runHere('bench', '--out', folder);
    expect(code).toBe(1);
    expect(stderr).toContain('it is a folder');
  });

  it('names the markers that a document for the table lacks', async () => {
    const file = path.join(folder, 'README.md');
    await writeFile(file, '# no markers\n');
    const { code, stderr } = await runHere('bench', '--table', file);
    expect(code).toBe(1);
    expect(stderr).toContain('bench table: begin');
  });
});

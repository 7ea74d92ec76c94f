import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { containerFormat } from '@agentiad/core/model/containerManifest.ts';
import type { OutputFile } from '@agentiad/core/model/writeContainer.ts';
import { checkTarget, writeModelFolder } from './outputFolder.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-output-'));
afterAll(() => rm(root, { recursive: true }));

let count = 0;
async function newTarget(): Promise<{ parent: string; target: string }> {
  const parent = path.join(root, String(count++));
  await mkdir(parent);
  return { parent, target: path.join(parent, 'model') };
}

async function* files(...names: readonly string[]): AsyncGenerator<OutputFile, string> {
  for (const name of names) yield { path: name, bytes: Uint8Array.of(1, 2, 3) };
  return 'all of them';
}

describe('the folder of a new model', () => {
  it('appears when all its files are there', async () => {
    const { parent, target } = await newTarget();
    const seen: string[][] = [];
    async function* watched(): AsyncGenerator<OutputFile, string> {
      yield { path: 'a.bin', bytes: Uint8Array.of(1) };
      seen.push(await readdir(parent));
      yield { path: 'manifest.json', bytes: Uint8Array.of(2) };
      return 'done';
    }
    expect(await writeModelFolder(target, 2, watched())).toBe('done');
    expect(seen).toEqual([[expect.stringMatching(/^\.model\.partial-/)]]);
    expect(await readdir(parent)).toEqual(['model']);
    expect((await readdir(target)).sort()).toEqual(['a.bin', 'manifest.json']);
  });

  it('is made with its parents and may be there already if it is empty', async () => {
    const { target } = await newTarget();
    await writeModelFolder(path.join(target, 'deep', 'er'), 3, files('a'));
    expect(await readdir(path.join(target, 'deep', 'er'))).toEqual(['a']);
    const { target: empty } = await newTarget();
    await mkdir(empty);
    await writeModelFolder(empty, 3, files('a'));
    expect(await readdir(empty)).toEqual(['a']);
  });

  it('is refused where it would replace what is read, or files that are not of the model there', async () => {
    const { parent, target } = await newTarget();
    await mkdir(path.join(target, 'm'), { recursive: true });
    const manifest = { format: containerFormat, chunks: [{ path: 'w.bin' }], files: [] };
    await writeFile(path.join(target, 'manifest.json'), JSON.stringify(manifest));
    const read = path.join(target, 'm');
    await expect(checkTarget(target, [path.join(parent, '.', 'model')])).rejects.toThrow(/is also what is read/);
    await expect(checkTarget(target, [read])).rejects.toThrow(/holds what is read/);
    await expect(checkTarget(target)).rejects.toThrow(/not of the model: m\./);
    await expect(checkTarget('')).rejects.toThrow(/names no folder/);
    await rm(read, { recursive: true });
    await writeFile(path.join(target, 'w.bin'), 'weights');
    await expect(checkTarget(target, [parent])).resolves.toBeUndefined();
  });

  it('is not begun where the disk has no room', async () => {
    const { parent, target } = await newTarget();
    const refused = writeModelFolder(target, 1e18, files('a'));
    await expect(refused).rejects.toMatchObject({ code: 'disk-full', reason: expect.stringContaining('are free') });
    expect(await readdir(parent)).toEqual([]);
  });

  it('leaves nothing when a file cannot be written, and says which', async () => {
    const { parent, target } = await newTarget();
    const refused = writeModelFolder(target, 3, files('a', 'no-such-folder/b'));
    await expect(refused).rejects.toMatchObject({
      code: 'output-not-writable',
      subject: path.join(target, 'no-such-folder/b'),
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it('is not put in the place of a file or of anything that is no model', async () => {
    const { target } = await newTarget();
    await writeFile(target, 'mine');
    await expect(writeModelFolder(target, 3, files('a'))).rejects.toMatchObject({ code: 'target-occupied' });
    expect(await readFile(target, 'utf8')).toBe('mine');
  });
});

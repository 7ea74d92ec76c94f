import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from './folderSource.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'folder-source-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('openFolder', () => {
  it('reads ranges of a file larger than 2 GB', async () => {
    const far = 3 * 1024 ** 3;
    const handle = await open(path.join(folder, 'large.bin'), 'w');
    await handle.write(Uint8Array.of(1, 2, 3, 4), 0, 4, far); // a hole before it takes no space
    await handle.close();
    const source = openFolder(folder);
    expect(await source.size('large.bin')).toBe(far + 4);
    expect(Array.from(await source.read('large.bin', far - 1, far + 3))).toEqual([0, 1, 2, 3]);
  });

  it('tells a missing file from an empty one, and a folder from a file', async () => {
    await (await open(path.join(folder, 'empty'), 'w')).close();
    const source = openFolder(folder);
    expect(await source.size('empty')).toBe(0);
    expect(await source.size('none')).toBeNull();
    expect(await source.size('empty/inside')).toBeNull();
    expect(await source.size('.')).toBeNull();
  });
});

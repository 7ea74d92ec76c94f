import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hashData } from './hashData.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-hash-'));
afterAll(() => rm(root, { recursive: true }));

describe('the version of a data set', () => {
  it('changes with any file of a folder and with its name, and with nothing else', async () => {
    const folder = path.join(root, 'set');
    await mkdir(path.join(folder, 'good'), { recursive: true });
    await writeFile(path.join(folder, 'good', 'a.png'), 'a');
    await writeFile(path.join(folder, 'good', 'b.png'), 'b');
    const first = await hashData(folder);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    await rename(folder, `${folder}-2`);
    expect(await hashData(`${folder}-2`)).toBe(first);
    await rename(path.join(`${folder}-2`, 'good', 'b.png'), path.join(`${folder}-2`, 'good', 'c.png'));
    const renamed = await hashData(`${folder}-2`);
    await writeFile(path.join(`${folder}-2`, 'good', 'a.png'), 'x');
    expect(new Set([first, renamed, await hashData(`${folder}-2`)]).size).toBe(3);
  });

  it('is that of the manifest where there is one, and unknown for generated parts', async () => {
    const manifest = path.join(root, 'manifest.jsonl');
    await writeFile(manifest, '');
    expect(await hashData(`deeppcb:${manifest}`)).toBe(await hashData(manifest));
    expect(await hashData(manifest)).toMatch(/^e3b0c442/);
    expect(await hashData('procedural:test')).toBeNull();
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { readExemplarFolder } from './exemplarFolder.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-library-'));
afterAll(() => rm(root, { recursive: true }));

let drawn = 0;
/** Writes images (each different) and empty folders (a trailing slash) into a new library. */
async function makeLibrary(name: string, entries: readonly string[]): Promise<string> {
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  for (const entry of entries) {
    const target = path.join(folder, entry);
    await mkdir(entry.endsWith('/') ? target : path.dirname(target), { recursive: true });
    if (entry.endsWith('.png')) await writeFile(target, encodePng(fillRaster({ width: 30 + drawn++, height: 20 })));
    else if (!entry.endsWith('/')) await writeFile(target, 'text');
  }
  return folder;
}

const namesIn = async (folder: string, category: string | null) =>
  (await readExemplarFolder(folder, category)).exemplars.map(({ name }) => name);

describe('readExemplarFolder', () => {
  it('takes a flat folder as the category it is asked for, or by its own name', async () => {
    const flat = await makeLibrary('bolt', ['2.png', '1.png', 'notes.txt']);
    const asked = await readExemplarFolder(flat, 'screw');
    expect(asked.category).toBe('screw');
    expect(asked.exemplars.map(({ name }) => name)).toEqual(['1.png', '2.png']);
    expect((await readExemplarFolder(flat, null)).category).toBe('bolt');
    const raster = await asked.exemplars[0]!.load();
    expect(raster).toMatchObject({ width: asked.exemplars[0]!.width, height: 20 });
  });

  it('takes one folder per category', async () => {
    const many = await makeLibrary('many', ['cap/1.png', 'disc/1.png', 'disc/2.png', 'empty/']);
    expect(await namesIn(many, 'disc')).toEqual(['1.png', '2.png']);
    await expect(readExemplarFolder(many, null)).rejects.toMatchObject({
      code: 'category-needed',
      remedy: 'Choose one with --category: cap, disc.',
    });
    await expect(readExemplarFolder(many, 'gear')).rejects.toMatchObject({
      code: 'category-unknown',
      remedy: 'Choose one of: cap, disc.',
    });
  });

  it('needs no category when there is only one', async () => {
    const single = await makeLibrary('single', ['cap/1.png']);
    expect((await readExemplarFolder(single, null)).category).toBe('cap');
  });

  it('takes the good training parts of an MVTec tree, of one category or several', async () => {
    const tree = await makeLibrary('cable', ['train/good/000.png', 'test/bent/001.png', 'test/good/002.png']);
    expect(await readExemplarFolder(tree, null)).toMatchObject({ category: 'cable', exemplars: [{ name: '000.png' }] });
    const trees = await makeLibrary('mvtec', ['nut/train/good/7.png', 'nut/test/good/8.png', 'pill/train/good/9.png']);
    expect(await namesIn(trees, 'nut')).toEqual(['7.png']);
  });

  it('is empty, not an error, when there are no images: comparing is left out', async () => {
    const none = await makeLibrary('none', ['readme.txt']);
    expect(await readExemplarFolder(none, null)).toEqual({ category: 'none', exemplars: [] });
    expect(await readExemplarFolder(none, 'disc')).toEqual({ category: 'disc', exemplars: [] });
  });

  it('counts a copy of an image once: it would make every calibration look perfect', async () => {
    const twice = await makeLibrary('twice', ['1.png']);
    const bytes = encodePng(fillRaster({ width: 9, height: 9 }));
    for (const name of ['a.png', 'b.png']) await writeFile(path.join(twice, name), bytes);
    expect(await namesIn(twice, null)).toEqual(['1.png', 'a.png']);
  });

  it('names a library that is not there, and an image that cannot be read', async () => {
    const missing = path.join(root, 'nowhere');
    await expect(readExemplarFolder(missing, null)).rejects.toMatchObject({
      code: 'folder-unreadable',
      subject: missing,
    });
    const broken = await makeLibrary('broken', ['1.png']);
    await writeFile(path.join(broken, '2.png'), '');
    await expect(readExemplarFolder(broken, null)).rejects.toMatchObject({
      code: 'image-empty',
      subject: path.join(broken, '2.png'),
    });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { readLibraryFile } from './libraryFile.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-library-file-'));
afterAll(() => rm(root, { recursive: true }));

const entry = (name: string, bytes: Uint8Array) => ({
  name,
  sha256: sha256Hex(bytes),
  mime: 'image/png',
  base64: Buffer.from(bytes).toString('base64'),
});
const good = (width: number) => encodePng(fillRaster({ width, height: 20 }));

async function put(name: string, content: unknown): Promise<string> {
  const file = path.join(root, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const library = (...exemplars: readonly object[]) => ({
  schema: 'agentiad-library/1',
  category: 'bolt',
  types: ['bent', 'rust'],
  exemplars,
});

describe('readLibraryFile', () => {
  it('gives the exemplars with their pixels, and the types', async () => {
    const file = await put('bolt.json', library(entry('a.png', good(30)), entry('b.png', good(31))));
    const { set, types } = await readLibraryFile(file, null);
    expect(types).toEqual(['bent', 'rust']);
    expect(set.category).toBe('bolt');
    expect(set.exemplars.map(({ name, width }) => [name, width])).toEqual([
      ['a.png', 30],
      ['b.png', 31],
    ]);
    expect(await set.exemplars[1]!.load()).toMatchObject({ width: 31, height: 20 });
  });

  it('refuses another category than the file holds', async () => {
    const file = await put('other.json', library());
    await expect(readLibraryFile(file, 'gear')).rejects.toThrow(/"gear".*good parts of "bolt"/);
  });

  it('refuses files that are no library, damaged images and images that cannot be decoded', async () => {
    const notJson = await put('text.json', 'Dear reader');
    await expect(readLibraryFile(notJson, null)).rejects.toThrow(/text\.json: it is not valid JSON/);
    const recipe = await put('recipe.json', { schema: 'agentiad-recipe/1' });
    await expect(readLibraryFile(recipe, null)).rejects.toThrow(/not a library file/);
    const changed = await put('changed.json', library({ ...entry('a.png', good(30)), sha256: 'a'.repeat(64) }));
    await expect(readLibraryFile(changed, null)).rejects.toThrow(/"a\.png" is not what was saved/);
    const letter = await put('letter.json', library(entry('letter.png', Buffer.from('Dear Sir, no picture.'))));
    await expect(readLibraryFile(letter, null)).rejects.toThrow(/letter\.png in letter\.json.*not an image/);
    await expect(readLibraryFile(path.join(root, 'no.json'), null)).rejects.toThrow(/no such file/);
  });
});

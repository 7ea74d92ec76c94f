import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTree, photo } from './datasets/testTree.ts';
import { exemplarFromFile, readImage, readImageSize } from './imageFile.ts';

describe('an image of a data set', async () => {
  const root = await makeTree({ 'bottle/good/000.png': photo(), 'screw/good/000.png': photo() });
  const whole = path.join(root, 'bottle/good/000.png');
  const cut = path.join(root, 'screw/good/000.png');
  await writeFile(cut, 'no image');

  it('is known to the agent by its file name', async () => {
    expect((await readImage(whole)).name).toBe('000.png');
    expect((await exemplarFromFile(whole)).name).toBe('000.png');
  });

  it.each([readImage, readImageSize, exemplarFromFile])(
    'is named with its folders when it is none: %o',
    async (read) => {
      await expect(read(cut)).rejects.toThrow(`${cut}: This is not an image`);
    },
  );
});

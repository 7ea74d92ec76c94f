import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { packRecipe, readRecipeFile } from '@agentiad/core/protocol/recipeFile.ts';
import { testRecipe } from '@agentiad/core/protocol/testRecipe.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import { TINY_SCORE, writeTinyModel } from '../nano/tinyNano.ts';
import { runHere } from './testProgram.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-validate-'));
afterAll(() => rm(root, { recursive: true }));
const model = path.join(root, 'model');
await writeTinyModel(model);

const png = (shade: number, width = 40) => encodePng(fillRaster({ width, height: 32 }, [shade, shade, shade]));
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

const exemplars = [1, 2, 3].map((shade) => ({ name: `e${shade}.png`, bytes: png(shade), sha256: hash(png(shade)) }));
const recipe: Recipe = {
  ...testRecipe,
  mode: 'cot',
  tools: [],
  exemplarSha256: exemplars.map(({ sha256 }) => sha256),
};
const packed = packRecipe(recipe, exemplars);
const validate = (...args: readonly string[]) => runHere('validate', '--model', model, '--backend', 'wasm', ...args);

describe('agentiad validate', { timeout: 240_000 }, () => {
  it('writes the figures of all images into the recipe, names what it leaves out, and leaves the rest as it was', async () => {
    for (const shade of [10, 20, 30]) await put(`parts/good/${shade}.png`, png(shade));
    for (const shade of [110, 120]) await put(`parts/scratched/${shade}.png`, png(shade));
    await put('parts/good/exemplar.png', png(1));
    await put('parts/scratched/again.png', png(110));
    await put('parts/scratched/large.png', png(140, 80));
    const file = await put('caps.agentiad-recipe', packed);
    const json = path.join(root, 'figures.json');
    const { code, stdout, stderr } = await validate(
      '--recipe',
      file,
      '--data',
      path.join(root, 'parts'),
      '--json',
      json,
    );
    expect(code).toBe(0);
    expect(stderr).toContain('good/exemplar.png: left out: is one of the known-good parts.');
    expect(stderr).toMatch(/scratched\/(again|110)\.png: left out: is the same image as scratched\//);
    expect(stderr).toContain('1 images are 80x32, as no known-good part is: scratched/large.png.');
    // The tiny model says 0.8 to everything.
    expect(stdout).toContain('6 labelled images, 3 good and 3 bad');
    expect(stdout).toMatch(/agent +0\.500 \(0\.500 to 0\.500\) +0 of 3: 0\.0 %.* +3 of 3: 100\.0 %/);
    expect(stdout).toContain('0 escapes in 3 bad parts means up to 64 % escape rate at 95 %.');
    expect(stdout).toContain('The score does not rank');
    expect(stdout).toContain(
      'Provisional, verdicts stay "review": 3 known-good parts; 10 are needed; 6 labelled images',
    );

    const after = readRecipeFile(await readFile(file), file);
    const { validation, ...rest } = after.recipe;
    expect({ ...rest, validation: null }).toEqual(recipe);
    expect(after.exemplars.map(({ sha256 }) => sha256)).toEqual(recipe.exemplarSha256);
    const figures = JSON.parse(await readFile(json, 'utf8'));
    expect(figures.images.map((image: { score: number }) => image.score)).toEqual(
      Array(6).fill(expect.closeTo(TINY_SCORE, 4)),
    );
    expect(figures.images.every((image: { libraryScore: number | null }) => image.libraryScore !== null)).toBe(true);
    expect(figures.leftOut).toHaveLength(2);
    // What the page would make of the same scores.
    const { date, with: madeWith } = validation!;
    const again = summariseValidation({
      cases: figures.images,
      thresholds: recipe,
      with: madeWith,
      date,
      costRatio: 10,
    });
    expect(again).toEqual(validation);
  });

  it('goes on past images that cannot be used, and fails in the end', async () => {
    await put('mixed/ok/1.png', png(50));
    await put('mixed/bad/2.png', png(60));
    await put('mixed/bad/broken.png', 'no image');
    await put('mixed/bad/otherwise.png', png(50));
    const file = await put('mixed.agentiad-recipe', packed);
    const out = path.join(root, 'copy.agentiad-recipe');
    const { code, stderr } = await validate('--recipe', file, '--data', path.join(root, 'mixed'), '--out', out);
    expect(code).toBe(1);
    expect(stderr).toContain('bad/broken.png: left out');
    expect(stderr).toMatch(/(bad\/otherwise|ok\/1)\.png: left out: is labelled otherwise as/);
    expect(readRecipeFile(await readFile(out), out).recipe.validation?.n).toBe(2);
    expect(new Uint8Array(await readFile(file))).toEqual(packed);
  });

  it('refuses by name what a label file says against its folder', async () => {
    await put('told/good/1.png', png(70));
    await put('told/bad/2.png', png(80));
    await put('told/bad/3.png', png(90));
    const row = (id: string, image: string, label: string) =>
      JSON.stringify({
        id,
        image,
        category: 'cap',
        label,
        type: null,
        boxes: [],
        mask: null,
        exemplars: [],
        split: 'test',
      });
    const manifest = await put(
      'told/manifest.jsonl',
      [row('a', 'good/1.png', 'normal'), row('b', 'bad/2.png', 'anomalous'), row('c', 'bad/3.png', 'normal')].join(
        '\n',
      ),
    );
    const file = await put('told.agentiad-recipe', packed);
    for (const data of [manifest, path.dirname(manifest)]) {
      const { code, stderr } = await validate('--recipe', file, '--data', data);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'bad/3.png: left out: is normal by manifest.jsonl line 3, and its folder says otherwise.',
      );
      expect(readRecipeFile(await readFile(file), file).recipe.validation?.n).toBe(2);
    }
  });

  it.each([
    ['--json', '--out', ['--json', 'same.json', '--out', path.join('other', '..', 'same.json')]],
    ['--json', '--recipe', ['--json', 'own.agentiad-recipe']],
    ['--out', '--data', ['--out', 'labels.jsonl']],
  ])('refuses %s that is also %s before anything is read or written', async (flag, other, args) => {
    const bare = JSON.stringify({ ...recipe, exemplarSha256: [] });
    const file = await put('own.agentiad-recipe', bare);
    const data = await put('labels.jsonl', 'untouched');
    const inRoot = args.map((arg) => (arg.startsWith('--') ? arg : path.join(root, arg)));
    const { code, stderr } = await validate('--recipe', file, '--data', data, ...inRoot);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`${flag}: .* is also ${other}: one would overwrite the other`));
    expect(await readFile(file, 'utf8')).toBe(bare);
    expect(await readFile(data, 'utf8')).toBe('untouched');
    await expect(readFile(path.join(root, 'same.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('with another mode, or other known-good parts, makes a new version of the recipe', async () => {
    await put('new/good/1.png', png(71));
    await put('new/bad/2.png', png(81));
    await put('others/a.png', png(201));
    await put('others/b.png', png(202));
    const fast = { mode: 'full', tools: ['difference'], triage: { low: 0.5, high: 2 } };
    const file = await put('new.json', JSON.stringify({ ...recipe, ...fast }));
    const given = ['--recipe', file, '--data', path.join(root, 'new'), '--library', path.join(root, 'others')];
    const { code } = await validate(...given, '--mode', 'pz');
    expect(code).toBe(0);
    const written = readRecipeFile(await readFile(file), file).recipe;
    expect(written).toMatchObject({ version: 3, mode: 'pz', tools: ['crop_image_normalized'], triage: null });
    expect(written.exemplarSha256.toSorted()).toEqual([hash(png(201)), hash(png(202))].toSorted());
    expect(written.validation?.with.exemplarSha256).toEqual(written.exemplarSha256);
  });

  it.each([
    ['a folder that tells nothing', 'loose', 'nothing tells its good parts from its bad ones'],
    ['a folder without images', 'none', 'it holds no image'],
    ['a folder that is not there', 'gone', 'there is no such file or folder'],
  ])('refuses %s', async (_, name, reason) => {
    await put('loose/a.png', png(5));
    await put('none/readme.txt', 'nothing');
    const file = await put('refused.agentiad-recipe', packed);
    const { code, stderr } = await validate('--recipe', file, '--data', path.join(root, name));
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect(new Uint8Array(await readFile(file))).toEqual(packed);
  });

  it.each([[['--cost-ratio', '0']], [['--limit', 'x']], [['--mode', 'fast']]])('wrong usage: %s', async (flags) => {
    expect((await validate('--recipe', 'a', '--data', 'b', ...flags)).code).toBe(2);
  });
});

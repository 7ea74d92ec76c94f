import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { testRecipe } from '@agentiad/core/protocol/testRecipe.ts';
import { writeTinyModel } from '../nano/tinyNano.ts';
import { runHere } from './testProgram.ts';
import { keyOfImage, type DecidesImage } from './validateImages.ts';

const BIN = fileURLToPath(new URL('../../bin/agentiad.mjs', import.meta.url));
const IMAGES = 10;
const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-resume-'));
afterAll(() => rm(root, { recursive: true }));
const at = (...names: readonly string[]) => path.join(root, ...names);
const png = (shade: number) => encodePng(fillRaster({ width: 40, height: 32 }, [shade, 255 - shade, shade]));

/** What was left by a process that `kill -9` ended, kept aside: every test begins with it. */
const LEFT = at('left.jsonl');
const unfinished = (recipe: string) => `${recipe}.unfinished.jsonl`;
const command = (recipe: string, ...args: readonly string[]) => [
  ...['validate', '--model', at('model'), '--backend', 'wasm', '--recipe', recipe, '--data', at('parts')],
  ...['--json', `${recipe}.figures.json`, ...args],
];
const linesOf = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line);

async function recipeFile(name: string, change: object = {}): Promise<string> {
  const bare = { ...testRecipe, mode: 'cot', tools: [], exemplarSha256: [], ...change };
  await writeFile(at(name), JSON.stringify(bare));
  return at(name);
}

/** The figures without what differs from run to run in any case: how long an image took, and the date. */
async function figuresOf(recipe: string) {
  const { images, validation, ...rest } = JSON.parse(await readFile(`${recipe}.figures.json`, 'utf8'));
  const untimed = images.map(({ seconds, ...image }: { seconds: number }) => [seconds > 0, image]);
  return { ...rest, images: untimed, validation: { ...validation, date: null, seconds: null } };
}

/** Goes on with what the killed process left; how many of its inspections were taken over. */
async function goOn(recipe: string, ...args: readonly string[]): Promise<number> {
  await copyFile(LEFT, unfinished(recipe));
  const { code, stderr } = await runHere(...command(recipe, ...args));
  expect(code).toBe(0);
  return Number(/(\d+) of \d+ images were inspected by a run that was interrupted/.exec(stderr)?.[1] ?? 0);
}

describe('agentiad validate after kill -9', { timeout: 240_000 }, () => {
  let left = 0;
  beforeAll(async () => {
    await writeTinyModel(at('model'));
    for (const folder of ['good', 'bad']) await mkdir(at('parts', folder), { recursive: true });
    for (let shade = 0; shade < IMAGES; shade++)
      await writeFile(at('parts', shade % 2 ? 'good' : 'bad', `${shade}.png`), png(shade * 20));
    const recipe = await recipeFile('killed.json');
    const child = spawn(process.execPath, [BIN, ...command(recipe)]);
    const ended = new Promise((resolve) => child.on('close', resolve));
    while ((await linesOf(unfinished(recipe))).length < 2 && child.exitCode === null) await wait(5);
    child.kill('SIGKILL');
    await ended;
    left = (await linesOf(unfinished(recipe))).length;
    await copyFile(unfinished(recipe), LEFT);
  }, 120_000);

  it('inspects only what is missing, and comes to the figures of a run without interruption', async () => {
    expect(left).toBeGreaterThanOrEqual(2);
    expect(left).toBeLessThan(IMAGES);
    const whole = await recipeFile('whole.json');
    expect((await runHere(...command(whole))).code).toBe(0);
    const resumed = await recipeFile('resumed.json');
    expect(await goOn(resumed)).toBe(left);
    expect(await figuresOf(resumed)).toEqual(await figuresOf(whole));
    expect((await readdir(root)).filter((name) => name.endsWith('.unfinished.jsonl'))).toEqual([
      'killed.json.unfinished.jsonl',
    ]);
  });

  it('takes a line that was cut short for nothing', async () => {
    const recipe = await recipeFile('torn.json');
    const [first, second = ''] = await linesOf(LEFT);
    const torn = `${first}\n${second.slice(0, -7)}`;
    await writeFile(unfinished(recipe), torn);
    const { stderr, code } = await runHere(...command(recipe));
    expect([code, stderr]).toEqual([0, expect.stringContaining(`1 of ${IMAGES} images were inspected by a run`)]);
  });

  it('uses nothing of it for another recipe, or when everything is wanted again', async () => {
    expect(await goOn(await recipeFile('other.json', { specification: 'No dents.' }))).toBe(0);
    expect(await goOn(await recipeFile('restart.json'), '--restart')).toBe(0);
  });
});

describe('a result belongs to all that decided it', () => {
  const exemplar = {
    id: 'e',
    name: 'e.png',
    sha256: 'e',
    width: 1,
    height: 1,
    load: () => Promise.reject(new Error()),
  };
  const library = { category: 'cap', exemplars: [exemplar] };
  const asked: DecidesImage = { recipe: testRecipe, seed: 0, window: { rule: 'depth' }, library, sha256: 'a' };
  const loaded = (model: string, tower: string, adapter = 'cpu') =>
    ({
      model: { backbone: { card: { sha256: model } } },
      tower: { sha256: tower },
      runtime: { backend: 'wasm', adapter },
    }) as unknown as InspectionDeps;
  const key = (change: Partial<DecidesImage>, deps = loaded('m', 't')) => keyOfImage({ ...asked, ...change }, deps);

  it('and to nothing else: not to when the recipe was saved', () => {
    expect(key({ recipe: { ...testRecipe, saved: '2030-01-01T00:00:00.000Z' } })).toBe(key({}));
  });

  it.each([
    ['recipe', key({ recipe: { ...testRecipe, version: 9 } })],
    ['specification', key({ recipe: { ...testRecipe, specification: 'No dents.' } })],
    ['pixel cap', key({ recipe: { ...testRecipe, pixelCap: 100_000 } })],
    ['image', key({ sha256: 'b' })],
    ['good part', key({ library: { ...library, exemplars: [{ ...exemplar, sha256: 'f' }] } })],
    ['library', key({ library: null })],
    ['seed', key({ seed: 1 })],
    ['window', key({ window: { low: 0, high: 200, rule: 'chosen' } })],
    ['model', key({}, loaded('n', 't'))],
    ['feature tower', key({}, loaded('m', 'u'))],
    ['adapter', key({}, loaded('m', 't', 'another GPU'))],
  ])('another %s is another result', (_name, other) => {
    expect(other).not.toBe(key({}));
  });
});

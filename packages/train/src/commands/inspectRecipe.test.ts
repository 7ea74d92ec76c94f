import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { MATCH_METHOD } from '@agentiad/core/tools/difference/options.ts';
import { packRecipe } from '@agentiad/core/protocol/recipeFile.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import { testRecipe } from '@agentiad/core/protocol/testRecipe.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { writeTinyModel } from '../nano/tinyNano.ts';
import { runHere } from './testProgram.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-recipe-'));
afterAll(() => rm(root, { recursive: true }));
const model = path.join(root, 'model');
await writeTinyModel(model);
const MODEL = ['--model', model, '--backend', 'wasm'];
const png = (width: number, height: number) => encodePng(fillRaster({ width, height }));

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

const part = await put('part.png', png(90, 60));

function readVerdict(text: string): Verdict {
  const checked = checkDocument('verdict', JSON.parse(text));
  expect(checked.ok ? [] : checked.problems).toEqual([]);
  return (checked as { value: Verdict }).value;
}

describe('agentiad inspect --recipe', { timeout: 120_000 }, () => {
  const recipe = {
    schema: 'agentiad-recipe/1',
    id: 'r1',
    version: 3,
    category: 'disc',
    types: ['chip'],
    specification: '',
    mode: 'cot',
    t1: 0.2,
    t2: 0.9,
    modelSha256: null,
    exemplarSha256: [],
    validation: null,
  };

  it('gives category, types, mode and thresholds; flags go before it', async () => {
    const file = await put('recipe.json', JSON.stringify(recipe));
    const { stdout } = await runHere('inspect', part, ...MODEL, '--recipe', file, '--t2', '0.5');
    expect(readVerdict(stdout)).toMatchObject({
      recipe: { id: 'r1', version: 3 },
      part: { category: 'disc' },
      settings: { mode: 'cot', types: ['chip'], t1: 0.2, t2: 0.5 },
      agentAnswer: { top_anomaly: 'chip' },
      verdict: { label: 'review', reason: expect.stringContaining('not validated') },
    });
  });

  it('brings its known-good parts along: the same verdict as with --library', async () => {
    const good = [png(64, 48), png(48, 64)].map((bytes, i) => ({
      name: `good${i}.png`,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }));
    const listed: Recipe = { ...testRecipe, category: 'disc', exemplarSha256: good.map(({ sha256 }) => sha256) };
    const whole = await put('disc.agentiad-recipe', packRecipe(listed, good));
    const bare = await put('disc.json', JSON.stringify(listed));
    for (const { name, bytes } of good) await put(`disc/${name}`, bytes);
    const verdictWith = async (...flags: readonly string[]) => {
      const { stdout, stderr } = await runHere('inspect', part, ...MODEL, ...flags);
      const { verdict, steps, libraryMatch, comparedExemplars, exemplars, settings } = readVerdict(stdout);
      const told = exemplars.map(({ sha256, similarity }) => [sha256, similarity]);
      const outputs = steps.map(({ output }) => output);
      return { stderr, told: { verdict, outputs, libraryMatch, comparedExemplars, exemplars: told, settings } };
    };
    const withFile = await verdictWith('--recipe', whole);
    const withFolder = await verdictWith('--recipe', bare, '--library', path.join(root, 'disc'));
    expect(withFile.told.comparedExemplars?.count).toBe(2);
    expect(withFile.told).toEqual(withFolder.told);
    const without = await verdictWith('--recipe', bare);
    expect(without.stderr).toContain('disc.json: names 2 known-good parts and holds none; give --library.');
  });

  it('validated with another model and tower: the verdict says so and goes to review', async () => {
    const sha256 = 'b'.repeat(64);
    const { mode, tools, types, specification, areas, pixelCap, triage } = testRecipe;
    const withOther = {
      mode,
      tools,
      types,
      specification,
      areas,
      pixelCap,
      triage,
      exemplarSha256: [],
      matchMethod: MATCH_METHOD,
    };
    const rate = { count: 0, of: 30, rate: 0, low: 0, high: 0.12 };
    const validation = {
      ...{ date: '2026-01-01T00:00:00.000Z', n: 60, good: 30, bad: 30, status: 'validated', reasons: [], stale: false },
      ...{ with: { ...withOther, modelSha256: sha256, towerSha256: sha256 }, modelSha256: sha256 },
      ...{ escape: rate, overkill: rate, review: rate, auroc: null, libraryMatchAuroc: null, calibration: null },
      costRatio: 10,
    };
    const foreign = { ...testRecipe, modelId: 'qwen2.5-vl-3b', modelSha256: sha256, validation };
    const file = await put('foreign.json', JSON.stringify(foreign));
    const { stdout } = await runHere('inspect', part, ...MODEL, '--recipe', file);
    const { verdict, warnings } = readVerdict(stdout);
    expect(verdict.label).toBe('review');
    expect(verdict.reason).toContain(
      'changed since its validation: the model, the feature tower of Library match. The agent says',
    );
    expect(warnings).toContain('The recipe is made for the model qwen2.5-vl-3b; this is tiny.');
  });

  it.each([
    ['missing', null, /no such file/],
    ['of a newer version', '{"schema": "agentiad-recipe/2"}', /made by a newer version.*agentiad-recipe\/2.*Update/],
    ['a damaged zip', 'PK\u0003\u0004 and no more', /damaged zip file/],
    ['not JSON', '{"schema":', /not valid JSON/],
    ['something else', '{"schema": "agentiad-recipe/1"}', /not a recipe.*'id'/],
  ])('that is %s is refused', async (_what, text, message) => {
    const file = text === null ? path.join(root, 'gone.json') : await put('odd.json', text);
    const { code, stderr } = await runHere('inspect', part, ...MODEL, '--recipe', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(file);
  });
});

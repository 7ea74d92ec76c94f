import { readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { SampleEntry } from '../parts/samples.ts';
import { describeSamples, SAMPLE_CATEGORIES } from '../parts/samples.ts';
import type { SampleOutcome } from '../parts/samples.ts';
import { SHIPPED_SAMPLES } from './samples.ts';
import { runHere } from './testProgram.ts';

const shipped = JSON.parse(readFileSync(path.join(SHIPPED_SAMPLES, 'samples.json'), 'utf8')) as SampleEntry[];

describe('the shipped samples', () => {
  it('are what the generator makes today', () => {
    expect(SAMPLE_CATEGORIES.flatMap((category) => describeSamples(category).entries)).toEqual(shipped);
  });

  it('have all their files, nothing else, and weigh at most 4 MB', () => {
    const named = new Set(['samples.json', ...shipped.flatMap((sample) => [sample.part, ...sample.exemplars])]);
    const files = readdirSync(SHIPPED_SAMPLES);
    expect(files.sort()).toEqual([...named].sort());
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(SHIPPED_SAMPLES, file)).size, 0);
    expect(bytes).toBeLessThan(4e6);
  });

  it('show good and bad parts of every category under one candidate list', () => {
    for (const { category } of SAMPLE_CATEGORIES) {
      const own = shipped.filter((sample) => sample.category === category);
      expect(new Set(own.map((sample) => sample.truth.label))).toEqual(new Set(['normal', 'anomalous']));
      expect(new Set(own.map((sample) => sample.types.join())).size).toBe(1);
    }
  });
});

describe('what the page says of the shipped samples', { timeout: 120_000 }, () => {
  const categories = [...new Set(shipped.map(({ category }) => category))];
  const root = mkdtemp(path.join(os.tmpdir(), 'agentiad-samples-'));
  afterAll(async () => rm(await root, { recursive: true }));

  it('is there: one that goes right, one that needs a person, one that goes wrong', () => {
    expect(new Set(shipped.map(({ outcome }) => outcome))).toEqual(new Set(['right', 'unsure', 'wrong']));
  });

  it.each(categories)('is what the shipped model makes of them: %s', async (category) => {
    const own = shipped.filter((sample) => sample.category === category);
    const library = path.join(await root, category);
    await mkdir(library);
    const { exemplars, types } = own[0]!;
    await Promise.all(exemplars.map((file) => copyFile(path.join(SHIPPED_SAMPLES, file), path.join(library, file))));
    const files = own.map(({ part }) => path.join(SHIPPED_SAMPLES, part));
    const flags = ['--library', library, '--category', category, '--types', types.join(), '--backend', 'wasm'];
    const { code, stdout, stderr } = await runHere('inspect', ...files, ...flags);
    expect(code, stderr).toBe(0);
    const verdicts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
    const told = own.map(({ id, outcome }) => [id, outcome]);
    expect(verdicts.map((verdict, at) => [own[at]!.id, outcomeOf(verdict, own[at]!)])).toEqual(told);
  });
});

function outcomeOf({ verdict }: Verdict, { truth }: SampleEntry): SampleOutcome {
  const { score } = verdict;
  const { t1, t2 } = DEFAULT_THRESHOLDS;
  if (score === null || (score >= t1 && score <= t2)) return 'unsure';
  return score > t2 === (truth.label === 'anomalous') ? 'right' : 'wrong';
}

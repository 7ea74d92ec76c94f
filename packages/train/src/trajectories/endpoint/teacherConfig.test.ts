import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../../commands/testProgram.ts';
import { openTeacher } from '../options.ts';
import { describePlan, planTeacher } from './plan.ts';
import { readApiKey, readTeacherConfig, TEACHER_DEFAULTS } from './teacherConfig.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'agentiad-teacher-'));
afterAll(() => rm(folder, { recursive: true }));

const SHIPPED = fileURLToPath(new URL('../../../teachers/local.json', import.meta.url));
const GIVEN = {
  baseUrl: 'https://example.test/v1',
  model: 'm',
  apiKeyEnv: 'TEACHER_KEY',
  prices: { currency: 'EUR', promptPerMillion: 2, completionPerMillion: 8 },
};

async function write(content: unknown): Promise<string> {
  const file = path.join(folder, 'teacher.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('the file that names a teacher', () => {
  it('needs an address, a model, a key and prices; the rest has defaults', async () => {
    expect(await readTeacherConfig(await write(GIVEN))).toEqual({ ...TEACHER_DEFAULTS, ...GIVEN });
    expect(await readTeacherConfig(SHIPPED)).toMatchObject({ candidates: 3, repairs: TEACHER_DEFAULTS.repairs });
  });

  it.each<[string, unknown, RegExp]>([
    ['no address', { ...GIVEN, baseUrl: undefined }, /must have required property 'baseUrl'/],
    ['an address that is none', { ...GIVEN, baseUrl: 'example.test' }, /baseUrl/],
    ['no prices', { ...GIVEN, prices: undefined }, /'prices'/],
    ['a key written out where its variable is named', { ...GIVEN, apiKey: 'sk-1' }, /additional properties/],
    ['several candidates and no judge', { ...GIVEN, candidates: 2 }, /judge/],
    ['broken JSON', '{', /not valid JSON/],
  ])('is refused with %s', async (_, content, message) => {
    const read = readTeacherConfig(await write(content));
    await expect(read).rejects.toMatchObject({ code: 'teacher-config', subject: path.join(folder, 'teacher.json') });
    await expect(read).rejects.toThrow(message);
  });
});

describe('the key', () => {
  it('comes from the variable that the file names, or is missed by that name', () => {
    const config = { baseUrl: 'https://example.test/v1', apiKeyEnv: 'TEACHER_KEY' };
    expect(readApiKey(config, { TEACHER_KEY: 'sk-1', OPENAI_API_KEY: 'sk-2' })).toBe('sk-1');
    expect(() => readApiKey(config, { OPENAI_API_KEY: 'sk-2' })).toThrow(/TEACHER_KEY.*not set/);
    expect(readApiKey({ ...config, apiKeyEnv: null }, {})).toBe('none');
  });
});

describe('data build', () => {
  it('has no teacher behind an endpoint unless one is named', async () => {
    expect(await openTeacher({})).toBeNull();
    await expect(openTeacher({ estimateOnly: true })).rejects.toMatchObject({ code: 'usage' });
    const opened = await openTeacher({ teacher: await write(GIVEN), estimateOnly: true });
    expect(opened).toMatchObject({ estimateOnly: true, config: { model: 'm' } });
  });

  it('says before any work that the key is missing', async () => {
    const { code, stderr } = await runHere('data', 'build', '--config', 'none.json', '--teacher', await write(GIVEN));
    expect(code).toBe(1);
    expect(stderr).toContain(
      'TEACHER_KEY: the environment variable with the key of https://example.test/v1 is not set.',
    );
  });
});

describe('the estimate', () => {
  const config = { ...TEACHER_DEFAULTS, ...GIVEN, imageTokens: 1000 };

  it('counts the steps of each mode, the candidates and the judge', () => {
    const normal = { example: { label: 'normal' } } as const;
    const anomalous = { example: { label: 'anomalous' } } as const;
    const requests = (changes: Partial<typeof config> = {}) =>
      planTeacher(
        [
          { mode: 'cot', ...normal },
          { mode: 'pz', ...normal },
          { mode: 'pz', ...anomalous },
          { mode: 'pz+cr', ...anomalous },
        ],
        { ...config, ...changes },
      ).requests;
    expect(requests()).toBe(1 + 3 + 2 + 3);
    expect(
      planTeacher([{ mode: 'pz', ...anomalous }], { ...config, candidates: 3, judge: { model: 'j', minimumScore: 5 } })
        .requests,
    ).toBe(9);
  });

  it('multiplies tokens by the configured prices', () => {
    // 250 + 2 images, then 550 + 2 images; 100 and 200 tokens written.
    const plan = planTeacher([{ mode: 'pz', example: { label: 'anomalous' } }], config);
    expect(plan.usage).toEqual({ promptTokens: 4800, completionTokens: 300 });
    expect(plan.money).toBeCloseTo((4800 * 2 + 300 * 8) / 1e6, 12);
    expect(plan.mostMoney).toBeGreaterThan(6 * plan.money);
    expect(describePlan(plan, { ...config, budget: 3 }, 'work/cache')).toMatch(
      /About 2 requests, 4800 \+ 300 tokens, 0\.0120 EUR \(at most 0\.\d+ EUR, never more than 3\.00 EUR by the budget\)/,
    );
  });
});

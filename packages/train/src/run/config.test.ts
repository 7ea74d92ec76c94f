import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nanoSizes, readRunConfig, REPOSITORY } from './config.ts';

const RUNS = path.join(REPOSITORY, 'packages/train/runs');
let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'agentiad-config-'))));
afterAll(() => rm(folder, { recursive: true }));

/** The shipped nano-2 run with other fields of `sft` and others at the top. */
async function configWith(sft: object, top: object = {}): Promise<string> {
  const config = JSON.parse(await readFile(path.join(RUNS, 'nano-2.json'), 'utf8')) as { sft: object };
  const file = path.join(folder, 'run.json');
  await writeFile(file, JSON.stringify({ ...config, ...top, sft: { ...config.sft, ...sft } }));
  return file;
}

const LORA = { rank: 16, alpha: 32, modules: ['self_attn.q_proj', 'self_attn.v_proj'] };

describe('readRunConfig', () => {
  it('takes every run of the repository', async () => {
    const files = (await readdir(RUNS)).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const name of files) expect((await readRunConfig(path.join(RUNS, name))).name).toBeTruthy();
  });

  it('refuses modes without any share, and exemplars from many to few', async () => {
    const read = async (modes: object, exemplars: readonly number[]) => {
      const source = { kind: 'procedural', count: 2, designsPerFamily: 1, exemplars };
      return readRunConfig(await configWith({}, { data: { corpus: 1, modes, sources: [source] } }));
    };
    await expect(read({ full: 0, cot: 0 }, [1, 6])).rejects.toThrow(/all shares are 0/);
    await expect(read({ full: 1 }, [6, 1])).rejects.toThrow(/exemplars \[6, 1\]/);
    await expect(read({ full: 1 }, [6, 6])).resolves.toBeTruthy();
  });

  it('fills in what a run leaves out, so that the saved configuration says all', async () => {
    const absent = { recompute: undefined, accumulation: undefined, saveEvery: undefined };
    const { sft, work } = await readRunConfig(await configWith(absent));
    expect(sft).toMatchObject({ accumulation: 1, frozen: 'none', base: 'f32', recompute: true, saveEvery: 250 });
    expect(path.isAbsolute(work)).toBe(true);
  });

  it('takes an adapter on an int4 base that starts from a checkpoint', async () => {
    const model = { checkpoint: 'models/qwen2.5-vl-3b' };
    const run = await readRunConfig(await configWith({ lora: LORA, base: 'q4' }, { model }));
    expect(run.sft.lora).toEqual({ ...LORA, rankStabilised: false, seed: 0 });
    expect(run.model).toEqual({ checkpoint: path.join(REPOSITORY, 'models/qwen2.5-vl-3b') });
    expect(() => nanoSizes(run)).toThrow(/starts from a checkpoint/);
  });

  it('fills GRPO settings from the preset, the file over them', async () => {
    const grpo = { preset: 'code', steps: 12, groupSize: 4, loss: { clipHigh: 0.3 } };
    const run = await readRunConfig(await configWith({}, { grpo }));
    expect(run.grpo).toMatchObject({ steps: 12, groupSize: 4, advantage: 'mean', frozen: 'none', saveEvery: 3 });
    expect(run.grpo!.loss).toMatchObject({ clipLow: 0.2, clipHigh: 0.3, klWeight: 0 });
    expect(run.grpo!.sampling.laterTemperature).toBe(0.9);
  });

  const refused: [string, object, object, RegExp][] = [
    ['int4 weights in training', { base: 'q4' }, {}, /q4 needs sft.lora/],
    ['a misspelt field', { learningrate: 1 }, {}, /run\/sft must NOT have additional properties \(learningrate\)/],
    ['a layer that does not exist', { lora: { ...LORA, modules: ['q_proj'] } }, {}, /lora\/modules\/0 must be equal/],
    ['an adapter and a frozen tower', { lora: LORA, frozen: 'vision' }, {}, /leave out sft.frozen/],
    [
      'a truncation rule that does not exist',
      {},
      { grpo: { preset: 'code', steps: 1, truncated: 'drop' } },
      /truncated/,
    ],
    ['a name that leads out of the work folder', {}, { name: '../../elsewhere' }, /run\/name must match pattern/],
    [
      'a source of a kind that does not exist, by its kind alone',
      {},
      { data: { corpus: 1, modes: { full: 1 }, sources: [{ kind: 'mvtec', count: 3 }] } },
      /schema: run\/data\/sources\/0 value of tag "kind" must be in oneOf \(mvtec\)\. /,
    ],
    ['a mask that does not exist, naming those that do', { mask: 'all' }, {}, /sft\/mask .*\(last-two, all-assistant/],
    ['a model without sizes', {}, { model: {} }, /model must have required property 'vocabSize'/],
  ];
  it.each(refused)('refuses %s by field', async (_, sft, top, message) => {
    const file = await configWith(sft, top);
    await expect(readRunConfig(file)).rejects.toThrow(message);
    await expect(readRunConfig(file)).rejects.toThrow(file);
  });

  it('names a file that is no JSON', async () => {
    const file = path.join(folder, 'broken.json');
    await writeFile(file, '{');
    await expect(readRunConfig(file)).rejects.toThrow(new RegExp(`^${file}: it is not valid JSON: .*position 1`));
  });

  it('tells a file that is not there from one that cannot be read', async () => {
    await expect(readRunConfig(path.join(folder, 'none.json'))).rejects.toThrow(/none.json: there is no such file/);
    await expect(readRunConfig(folder)).rejects.toThrow(/it cannot be read \(EISDIR\)/);
  });
});

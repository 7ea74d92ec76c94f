import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLoraAdapter } from '@agentiad/core/model/loraAdapter.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { openFolder } from '../host/folderSource.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { TINY_SIZES, tinyNanoFiles } from '../nano/tinyNano.ts';
import { parseMetrics } from '../run/metrics.ts';
import { createTrajectoryWriter } from '../trajectories/store.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from '../trajectories/testCase.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { ProgramResult } from './testProgram.ts';
import { runHere, runProcess } from './testProgram.ts';

let root: string;
const samples: Trajectory[] = [];

const CARD = { id: 'toy', name: 'toy', trainedOn: 'two parts', licence: 'MIT', commercialUse: 'yes' };
const SFT = {
  steps: 3,
  batchSize: 1,
  learningRate: 0.01,
  warmup: 0,
  weightDecay: 0,
  maxNorm: 1,
  mask: 'last-two',
  recompute: false,
  saveEvery: 2,
};
const SOURCE = { kind: 'procedural', count: 1, designsPerFamily: 1, exemplars: [1, 1] };
const LORA = { rank: 2, alpha: 4, modules: ['self_attn.q_proj', 'mlp.gate_proj'] };

/** Writes a configuration of this name with changed `sft` fields. */
async function configFile(name: string, changes: object): Promise<string> {
  const config = {
    name,
    seed: 1,
    work: path.join(root, 'work'),
    model: TINY_SIZES,
    data: { corpus: 2, modes: { cot: 1 }, sources: [SOURCE] },
    sft: { ...SFT, ...changes },
    card: CARD,
  };
  const file = path.join(root, `${name}.json`);
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function sft(name: string, changes: object = {}, ...flags: readonly string[]): Promise<ProgramResult> {
  return runHere('sft', '--config', await configFile(name, changes), '--backend', 'wasm', ...flags);
}

const at = (...parts: readonly string[]) => path.join(root, 'work', ...parts);
const metricsOf = async (name: string) => parseMetrics(await readFile(at(name, 'metrics.jsonl'), 'utf8'));

async function store(trajectories: readonly Trajectory[]): Promise<void> {
  const writer = await createTrajectoryWriter(at('trajectories', 'one'));
  for (const trajectory of trajectories) await writer.write(trajectory);
  await writer.close();
}

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sft-'));
  await mkdir(at('model'), { recursive: true });
  for (const [name, text] of tinyNanoFiles()) await writeFile(at('model', name), text);
  for (const example of [makeCase(), makeCase({ ...GOOD, id: 'test/2' })]) {
    samples.push((await demonstrateCase(example, 'cot')).trajectory);
  }
  await store(samples);
});
afterAll(() => rm(root, { recursive: true }));

describe('agentiad sft', { timeout: 60_000 }, () => {
  it('S10: shows the trained spans, keeps the hash of the mask, and writes a model that loads', async () => {
    const { code, stderr } = await sft('full');
    expect(stderr).toContain('test/1/cot: ');
    expect(stderr).toContain('<answer>{"anomaly_present": true');
    expect(stderr).toContain('<|im_end|>');
    expect(code).toBe(0);
    const record = JSON.parse(await readFile(at('full', 'run.json'), 'utf8')) as { maskSha256: string; data: object };
    expect(record.maskSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(record.data)).toEqual(['one/trajectories.jsonl', 'one/images.rgb']);
    expect((await metricsOf('full')).map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(await readdir(at('full'))).toContain('report.html');
    const model = await loadModelFolder(at('full', 'model'));
    expect(model.card).toMatchObject({ id: 'toy', tuned: true });
    expect([...model.weights.tensors.keys()]).toEqual([...parameterShapes(tinyModel.backbone.config).keys()]);
  });

  it('refuses a folder with a run in it, and goes on with it when asked: here to its end, which was reached', async () => {
    expect((await sft('full')).stderr).toContain('the folder holds a run already');
    const { code, stderr } = await sft('full', {}, '--resume', at('full'));
    expect(code, stderr).toBe(0);
    expect((await metricsOf('full')).map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('resumes from its checkpoint, and refuses the run of another configuration by the field', async () => {
    // As a process killed after step 3 leaves it: the last checkpoint is of step 2.
    const { code } = await sft('cut', { steps: 4 });
    expect(code).toBe(0);
    const whole = await metricsOf('cut');
    const weights = () => readFile(at('cut', 'model', 'weights-0000.bin'));
    const wanted = await weights();
    await rm(at('cut', 'model'), { recursive: true });
    const checkpoints = (await readdir(at('cut', 'checkpoints'))).toSorted();
    expect(checkpoints.map((name) => name.slice(-6))).toEqual(['step-2', 'step-4']);
    await rm(at('cut', 'checkpoints', checkpoints[1]!), { recursive: true });
    const resumed = await sft('cut', { steps: 4 }, '--resume', at('cut'));
    expect(resumed.code, resumed.stderr).toBe(0);
    const fields = ({ step, loss, norm }: (typeof whole)[number]) => ({ step, loss, norm });
    expect((await metricsOf('cut')).map(fields)).toEqual(whole.map(fields));
    expect((await weights()).equals(wanted)).toBe(true);
    const other = await sft('cut', { steps: 4, learningRate: 0.02 }, '--resume', at('cut'));
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('learningRate');
  });

  it('survives kill -9 in the middle: resumed, it ends with the very same weights', async () => {
    const settings = { steps: 8, saveEvery: 1 };
    await sft('whole', settings);
    const file = await configFile('killed', settings);
    const command = ['sft', '--config', file, '--backend', 'wasm'];
    const killed = await runProcess(command, (text, kill) => {
      if (text.includes('step 1/8')) kill('SIGKILL');
    });
    expect(killed.code).toBeNull();
    expect(await readdir(at('killed'))).not.toContain('model');
    const resumed = await runHere(...command, '--resume', at('killed'));
    expect(resumed.code, resumed.stderr).toBe(0);
    const weights = (name: string) => readFile(at(name, 'model', 'weights-0000.bin'));
    expect((await weights('killed')).equals(await weights('whole'))).toBe(true);
    expect((await metricsOf('killed')).map(({ step }) => step)).toEqual(
      (await metricsOf('whole')).map(({ step }) => step),
    );
  });

  it('trains an adapter on weights that exist, also in int4, and refuses random ones', async () => {
    const random = await sft('adapter', { lora: LORA });
    expect(random.code).toBe(1);
    expect(random.stderr).toContain('the weights below it would be random');
    for (const base of ['f32', 'q4']) {
      const flags = ['--from', at('full', 'model'), '--naming', base === 'q4' ? 'hf451' : 'hf52'];
      const { code, stderr } = await sft(`adapter-${base}`, { lora: LORA, base }, ...flags);
      expect(code, stderr).toBe(0);
      const folder = openFolder(at(`adapter-${base}`, 'adapter'));
      const json = await readFile(at(`adapter-${base}`, 'adapter', 'adapter_config.json'), 'utf8');
      expect(json.includes('language_model')).toBe(base === 'f32');
      const adapter = await openLoraAdapter(folder, parameterShapes(tinyModel.backbone.config));
      expect(adapter.targets.size).toBe(4);
      const values = (await adapter.factors('model.layers.1.mlp.gate_proj.weight')).b;
      expect(values.some((value) => value !== 0)).toBe(true);
    }
  });

  it('goes on with an adapter, and refuses one of other settings or where none is trained', async () => {
    const from = ['--from', at('full', 'model'), '--adapter', at('adapter-f32', 'adapter')];
    const { code, stderr } = await sft('further', { lora: LORA, steps: 1 }, ...from);
    expect(code, stderr).toBe(0);
    expect((await metricsOf('further'))[0]!.loss).toBeLessThan((await metricsOf('adapter-f32'))[0]!.loss as number);
    const other = await sft('other', { lora: { ...LORA, rank: 3 } }, ...from);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain(
      'The adapter: has rank 2, scale 2, self_attn.q_proj, mlp.gate_proj; the run trains rank 3',
    );
    expect((await sft('none', {}, ...from)).stderr).toContain('it trains no adapter that --adapter could start');
    const missing = await sft('missing', { lora: LORA }, '--from', at('full', 'model'), '--adapter', at('nowhere'));
    expect(missing.stderr).toContain('there is no such file or folder');
  });

  it('S3, S6: stops before the first step at a sample that is all masked or too long, by its name', async () => {
    const long = await sft('long', { context: 100 });
    expect(long.code).toBe(1);
    expect(long.stderr).toMatch(/sample test\/1\/cot: it has \d+ tokens .* and the context 100/);
    const masked = samples[1]!.segments.map((segment) => ({
      ...segment,
      kind: segment.kind === 'model' ? ('observation' as const) : segment.kind,
    }));
    await store([samples[0]!, { ...samples[1]!, segments: masked }]);
    const { code, stderr } = await sft('masked');
    expect(code).toBe(1);
    expect(stderr).toContain('sample test/2/cot: no token of it is trained');
    expect(await readdir(at())).not.toContain('masked');
  });
});

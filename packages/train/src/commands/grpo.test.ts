import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { writeRestlessModel } from '../nano/tinyNano.ts';
import { TEST_LORA, testModel } from '../nn/testBatch.ts';
import { encodePeftAdapter } from '../peft/exportAdapter.ts';
import { findCheckpoint, readCheckpoint } from '../run/checkpoint.ts';
import { parseMetrics } from '../run/metrics.ts';
import type { ProgramResult } from './testProgram.ts';
import { runHere, runProcess } from './testProgram.ts';

let root: string;
/** An uninterrupted run on wasm. */
let whole: ProgramResult;

/**
 * On a model of random weights: who ends the turn in time writes no answer (-1), who is cut gets 1. Updates need two
 * steps' rollouts, so that some wait in the buffer.
 */
const GRPO = {
  preset: 'code',
  steps: 3,
  mode: 'cot',
  groupSize: 3,
  groupsPerStep: 1,
  batchSize: 4,
  shortage: 'wait',
  innerEpochs: 2,
  maxToolCalls: 0,
  maxNewTokens: 6,
  maxResampled: 8,
  truncated: 1,
  learningRate: 1e-3,
  warmup: 0,
  saveEvery: 1,
  recompute: false,
};

async function configFile(name: string, changes: object, model: object = {}): Promise<string> {
  const config = {
    name,
    // Of one where every step finds a group with an advantage.
    seed: 2,
    work: path.join(root, 'work'),
    model: { checkpoint: path.join(root, 'start'), ...model },
    data: {
      corpus: 1,
      modes: { cot: 1 },
      sources: [{ kind: 'procedural', count: 2, designsPerFamily: 1, exemplars: [1, 1] }],
    },
    sft: { steps: 1, batchSize: 1, learningRate: 0.01, warmup: 0, weightDecay: 0, maxNorm: 1, mask: 'last-two' },
    grpo: { ...GRPO, ...changes },
    card: { id: 'toy', name: 'toy', trainedOn: 'two parts', licence: 'MIT', commercialUse: 'yes' },
  };
  const file = path.join(root, `${name}.json`);
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function grpo(name: string, changes: object = {}, ...flags: readonly string[]): Promise<ProgramResult> {
  return runHere('grpo', '--config', await configFile(name, changes), '--backend', 'wasm', ...flags);
}

const at = (name: string, ...parts: readonly string[]) => path.join(root, 'work', `${name}-grpo`, ...parts);
const weightsOf = (name: string) => readFile(at(name, 'model', 'weights-0000.bin'));
const metricsOf = async (name: string) => parseMetrics(await readFile(at(name, 'metrics.jsonl'), 'utf8'));

/** Everything of the metrics that does not tell the time. */
async function figuresOf(name: string): Promise<object[]> {
  return (await metricsOf(name)).map((record) => ({ ...record, sampleMs: 0, updateMs: 0 }));
}

/** The last checkpoint, tensor by tensor, with random stream, cursor, moments and buffer. */
async function lastOf(name: string) {
  const { tensors, state } = await readCheckpoint((await findCheckpoint(at(name, 'checkpoints')))!);
  return { tensors, state };
}

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'grpo-'));
  await writeRestlessModel(path.join(root, 'start'));
  whole = await grpo('whole');
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

describe('agentiad grpo', { timeout: 60_000 }, () => {
  it('runs to its end, logs every component of every reward, and writes a model that loads', async () => {
    expect(whole.code, whole.stderr).toBe(0);
    expect(whole.stderr).toContain('rollouts on the model');
    const metrics = await metricsOf('whole');
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(metrics.map(({ waiting }) => waiting)).toEqual([3, 2, 1]);
    expect(metrics.map(({ updates }) => updates)).toEqual([0, 2, 2]);
    const rewards = JSON.parse(metrics[0]!['rewards'] as string) as [string, Record<string, number>][];
    expect(rewards.map(([, components]) => Object.keys(components).join())).toContain('truncated');
    expect(await readdir(at('whole'))).not.toContain('run.lock');
    const model = await loadModelFolder(at('whole', 'model'));
    expect(model.card).toMatchObject({ id: 'toy', tuned: true });
  });

  it('G24: survives kill -9: resumed, it ends with the very same weights, moments, stream and buffer', async () => {
    const command = ['grpo', '--config', await configFile('killed', {}), '--backend', 'wasm'];
    const killed = await runProcess(command, (text, kill) => {
      if (text.includes('step 1/3')) kill('SIGKILL');
    });
    expect(killed.code).toBeNull();
    const saved = await findCheckpoint(at('killed', 'checkpoints'));
    expect(saved?.step ?? 0).toBeLessThan(3);
    const resumed = await runHere(...command, '--resume', at('killed'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await weightsOf('killed')).equals(await weightsOf('whole'))).toBe(true);
    expect(await figuresOf('killed')).toEqual(await figuresOf('whole'));
    expect(await lastOf('killed')).toEqual(await lastOf('whole'));
  });

  it('G24: on cpu a resumed run is the uninterrupted one, bit for bit', async () => {
    const onCpu = async (name: string, ...flags: readonly string[]) =>
      runHere('grpo', '--config', await configFile(name, { steps: 2 }), '--backend', 'cpu', ...flags);
    expect((await onCpu('cpu')).code).toBe(0);
    await cp(at('cpu'), at('cpu-cut'), { recursive: true });
    await rm(at('cpu-cut', 'checkpoints', '000002-step-2'), { recursive: true });
    await rm(at('cpu-cut', 'model'), { recursive: true });
    const record = await readFile(at('cpu-cut', 'run.json'), 'utf8');
    await writeFile(at('cpu-cut', 'run.json'), record.replace('"name": "cpu"', '"name": "cpu-cut"'));
    const resumed = await onCpu('cpu-cut', '--resume', at('cpu-cut'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await lastOf('cpu-cut')).toEqual(await lastOf('cpu'));
    expect((await weightsOf('cpu-cut')).equals(await weightsOf('cpu'))).toBe(true);
  });

  it('keeps the step under way on Ctrl-C, and goes on from it', async () => {
    const command = ['grpo', '--config', await configFile('stopped', {}), '--backend', 'wasm'];
    const stopped = await runProcess(command, (text, kill) => {
      if (text.includes('trained values') && !text.includes('Stopping')) kill('SIGINT');
    });
    expect(stopped.code, stopped.stderr).toBe(130);
    const { step } = (await findCheckpoint(at('stopped', 'checkpoints')))!;
    expect((await metricsOf('stopped')).map((record) => record.step)).toEqual(
      Array.from({ length: step }, (_, index) => index + 1),
    );
    const resumed = await runHere(...command, '--resume', at('stopped'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await weightsOf('stopped')).equals(await weightsOf('whole'))).toBe(true);
  });

  it('says when resampling is used up', async () => {
    const { code, stderr } = await grpo('flat', { truncated: -1, maxResampled: 1, steps: 1 });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('resampling is used up');
    expect((await metricsOf('flat'))[0]).toMatchObject({ exhausted: 1, rollouts: 6, updates: 0 });
  });

  it('goes on with an adapter of this model', async () => {
    const lora = { ...TEST_LORA, modules: ['self_attn.q_proj'] };
    const first = await grpo('adapter', { lora, steps: 2 });
    expect(first.code, first.stderr).toBe(0);
    const further = await grpo('further', { lora, steps: 1 }, '--adapter', at('adapter', 'adapter'));
    expect(further.code, further.stderr).toBe(0);
  });
});

describe('agentiad grpo refuses', { timeout: 60_000 }, () => {
  it('a folder that holds a run', async () => {
    const again = await grpo('whole');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('the folder holds a run already');
  });

  it.each([
    ['a KL penalty without an adapter', { loss: { klWeight: 0.1 } }, /klWeight.*reference/s],
    ['several temperatures under one', { sampling: { logProbabilities: 'sampling' } }, /one temperature/],
    ['the engine without a GPU', { rollouts: { on: 'engine' } }, /grpo\.rollouts\.on.*needs WebGPU/s],
  ])('%s', async (_, changes, message) => {
    const { code, stderr } = await grpo('bad', changes);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('the checkpoint of another run, by what differs: its settings, or its values', async () => {
    const other = await grpo('whole', { learningRate: 2e-3 }, '--resume', at('whole'));
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/belongs to another run: .*learningRate was 0\.001, now 0\.002/);
    await cp(at('whole'), at('mixed'), { recursive: true });
    await rm(at('mixed', 'checkpoints'), { recursive: true });
    await cp(at('adapter', 'checkpoints'), at('mixed', 'checkpoints'), { recursive: true });
    const mixed = await grpo('whole', {}, '--resume', at('mixed'));
    expect(mixed.code).toBe(1);
    expect(mixed.stderr).toMatch(
      /The checkpoint of step 2: is of another run: it has \d+ trained values, this run \d+/,
    );
  });

  it('an adapter of another base, or where none is trained', async () => {
    await useTestBackend('cpu');
    const adapter = { ...TEST_LORA, modules: ['mlp.down_proj'] } as const;
    const model = await testModel({ frozen: 'base', adapter });
    const folder = path.join(root, 'foreign');
    await mkdir(folder);
    for (const [name, bytes] of encodePeftAdapter(model, { baseModel: 'another' })) {
      await writeFile(path.join(folder, name), bytes);
    }
    model.dispose();
    const foreign = await grpo('foreign', { lora: adapter }, '--adapter', folder);
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).toMatch(/adapter_model\.safetensors.*Give the adapter of this model/s);
    const none = await grpo('none', {}, '--adapter', folder);
    expect(none.stderr).toContain('it trains no adapter that --adapter could start');
  });

  it('numbers that are none, by the rollouts; the run stands as it was saved', async () => {
    const broken = await grpo('broken', { learningRate: 1e30, batchSize: 3 });
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/step 1, rollouts? \S+#\d.*is not a finite number.*last checkpoint/s);
    expect(await readdir(at('broken', 'checkpoints'))).toEqual([]);
    const again = await grpo('broken', { learningRate: 1e30, batchSize: 3 }, '--resume', at('broken'));
    expect(again.stderr).toMatch(/is not a finite number/);
  });

  it.each([
    ['an image that leaves no room', 4, /Case \S+: its image takes 4 tokens, which leaves no room in a context of 4/],
    [
      'a prompt longer than the context',
      64,
      /Case \S+: its prompt has \d+ tokens \(4 for the image\), the model takes 64/,
    ],
  ])('%s, by the case', async (_, context, message) => {
    const folder = path.join(root, `context-${context}`);
    await writeRestlessModel(folder, { config: { max_position_embeddings: context } });
    const file = await configFile(`context-${context}`, {}, { checkpoint: folder });
    const { code, stderr } = await runHere('grpo', '--config', file, '--backend', 'wasm');
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('viewPixels');
  });
});

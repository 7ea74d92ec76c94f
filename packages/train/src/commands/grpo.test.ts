import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../host/loadModel.ts';
import { writeTinyModel } from '../nano/tinyNano.ts';
import { parseMetrics } from '../run/metrics.ts';
import type { ProgramResult } from './testProgram.ts';
import { runHere } from './testProgram.ts';

let root: string;

/** A model that never ends a turn: every episode is cut. */
const GRPO = {
  preset: 'code',
  steps: 2,
  mode: 'cot',
  groupSize: 2,
  groupsPerStep: 1,
  batchSize: 2,
  maxToolCalls: 0,
  maxNewTokens: 3,
  maxResampled: 1,
  saveEvery: 1,
  recompute: false,
};

async function grpo(name: string, changes: object = {}, ...flags: readonly string[]): Promise<ProgramResult> {
  const config = {
    name,
    seed: 1,
    work: path.join(root, 'work'),
    model: { checkpoint: path.join(root, 'start') },
    data: {
      corpus: 1,
      modes: { cot: 1 },
      sources: [{ kind: 'procedural', count: 2, designsPerFamily: 1, exemplars: [1, 1] }],
    },
    sft: {
      steps: 1,
      batchSize: 1,
      learningRate: 0.01,
      warmup: 0,
      weightDecay: 0,
      maxNorm: 1,
      mask: 'last-two',
    },
    grpo: { ...GRPO, ...changes },
    card: { id: 'toy', name: 'toy', trainedOn: 'two parts', licence: 'MIT', commercialUse: 'yes' },
  };
  const file = path.join(root, `${name}.json`);
  await writeFile(file, JSON.stringify(config));
  return runHere('grpo', '--config', file, '--backend', 'wasm', ...flags);
}

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'grpo-'));
  await writeTinyModel(path.join(root, 'start'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('agentiad grpo', () => {
  it('runs to its end, logs every component of every reward, and writes a model that loads', async () => {
    const { code, stderr } = await grpo('run');
    expect(stderr).toContain('resampling is used up');
    expect(code).toBe(0);
    const folder = path.join(root, 'work', 'run-grpo');
    const metrics = parseMetrics(await readFile(path.join(folder, 'metrics.jsonl'), 'utf8'));
    expect(metrics.map(({ step }) => step)).toEqual([1, 2]);
    expect(metrics[0]).toMatchObject({ exhausted: 1, rollouts: 4, truncated: 4, withoutReward: 4, updates: 0 });
    expect(JSON.parse(metrics[0]!['rewards'] as string)).toHaveLength(4);
    const model = await loadModelFolder(path.join(folder, 'model'));
    expect(model.card).toMatchObject({ id: 'toy', tuned: true });
  });

  it('refuses a folder that holds a run, and resumes where it is told to', async () => {
    const again = await grpo('run');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('run-grpo');
    const resumed = await grpo('run', {}, '--resume', path.join(root, 'work', 'run-grpo'));
    expect(resumed.code).toBe(0);
  });

  it.each([
    ['a KL penalty without an adapter', { loss: { klWeight: 0.1 } }, /klWeight.*reference/s],
    ['several temperatures under one', { sampling: { logProbabilities: 'sampling' } }, /one temperature/],
  ])('refuses %s before anything is run', async (_, changes, message) => {
    const { code, stderr } = await grpo('bad', changes);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { LORA_MODULES } from '../nn/lora.ts';
import type { TrainingModel, TrainingModelOptions } from '../nn/trainingModel.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import type { CheckpointContents } from '../run/checkpoint.ts';
import type { MetricsRecord } from '../run/metrics.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from '../trajectories/testCase.ts';
import { planPhases, runSft } from './run.ts';
import type { SftProgress, SftSettings } from './train.ts';
import { trainSft } from './train.ts';

const { config } = tinyModel.backbone;
const { processor } = tinyModel;
const trajectories = await Promise.all(
  [makeCase(), makeCase({ ...GOOD, id: 'test/2' })].map(
    async (example) => (await demonstrateCase(example, 'cot')).trajectory,
  ),
);
const SETTINGS: SftSettings = {
  steps: 40,
  batchSize: 2,
  learningRate: 0.02,
  warmup: 0.1,
  weightDecay: 0.01,
  maxNorm: 1,
  mask: 'all-assistant',
};
const LORA = { rank: 4, alpha: 8, modules: LORA_MODULES, seed: 1 };

const WEIGHTS = createRandomWeights(config, 2);

function createModel(changes: Partial<TrainingModelOptions> = {}): Promise<TrainingModel> {
  return createTrainingModel({ config, processor, weights: WEIGHTS, frozen: 'none', recompute: false, ...changes });
}

async function train(model: TrainingModel, changes: Partial<SftSettings> = {}): Promise<SftProgress[]> {
  const progress: SftProgress[] = [];
  await trainSft({
    model,
    trajectories,
    settings: { ...SETTINGS, ...changes },
    random: createRandom(4),
    afterStep: async (step) => void progress.push(step),
  });
  return progress;
}

describe('supervised fine-tuning', { timeout: 120_000 }, () => {
  beforeAll(() => useTestBackend('wasm'));

  it('learns two demonstrations by heart, leaking no tensor', async () => {
    const before = tf.memory().numTensors;
    const model = await createModel();
    const progress = await train(model);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(progress[0]!.loss).toBeGreaterThan(4);
    expect(progress.at(-1)!.loss).toBeLessThan(0.5);
    expect(progress.at(-1)!.learningRate).toBeLessThan(0.1 * SETTINGS.learningRate);
  });

  it('changes only what is not frozen', async () => {
    for (const [options, isFrozen] of [
      [{ frozen: 'vision' }, (name: string) => name.startsWith('visual.')],
      [{ frozen: 'base', adapter: LORA }, (name: string) => !name.includes('.lora_')],
    ] as const) {
      const model = await createModel(options);
      const copy = async () =>
        new Map(
          await Promise.all(
            Object.entries(model.params).map(async ([name, tensor]) => [name, [...(await tensor.data())]] as const),
          ),
        );
      const before = await copy();
      await train(model, { steps: 2, batchSize: 1 });
      for (const [name, values] of await copy()) {
        if (isFrozen(name)) expect(values, name).toEqual(before.get(name));
        else expect(values, name).not.toEqual(before.get(name));
      }
      model.dispose();
    }
  });

  it('stops at a loss that is not finite with the name of the sample, and changes nothing in that step', async () => {
    const broken: WeightSource = {
      ...WEIGHTS,
      read: async (name) => (name === 'model.norm.weight' ? new Float32Array(32).fill(NaN) : WEIGHTS.read(name)),
    };
    const model = await createModel({ weights: broken });
    const before = [...model.values];
    await expect(train(model, { steps: 2, batchSize: 1 })).rejects.toThrow(/^step 1, sample test\/[12]\/cot: the loss/);
    expect([...model.values]).toEqual(before);
    model.dispose();
  });
});

/** A run in memory that keeps its last checkpoint as a run folder would: as bytes, not as references. */
function memoryRun() {
  let last: { step: number; contents: CheckpointContents } | null = null;
  const records: MetricsRecord[] = [];
  return {
    records,
    metrics: async (record: MetricsRecord) => void records.push(record),
    async saveCheckpoint(step: number, { tensors, state }: CheckpointContents) {
      const copies = new Map(
        [...tensors].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]),
      );
      last = { step, contents: { tensors: copies, state: JSON.parse(JSON.stringify(state)) as unknown } };
    },
    lastCheckpoint: async () => (last ? { step: last.step, ...last.contents } : null),
  };
}

describe.each(['wasm', 'cpu'] as const)('a run of two phases on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  const settings = { ...SETTINGS, steps: 3, batchSize: 1, drills: { count: 2, steps: 2, batchSize: 1, mixed: 1 } };
  const phases = planPhases(settings, trajectories, trajectories.toReversed());
  const start = async (run: ReturnType<typeof memoryRun>, stopAfter = Infinity) => {
    const model = await createModel({ frozen: 'base', adapter: LORA });
    let steps = 0;
    const isDone = await runSft({
      model,
      phases,
      seed: 3,
      saveEvery: 100,
      run,
      onStep: () => void steps++,
      isInterrupted: () => steps >= stopAfter,
    });
    const values = [...model.values];
    model.dispose();
    return { isDone, values };
  };

  it('interrupted anywhere and resumed, ends with the very same weights and losses', async () => {
    const whole = memoryRun();
    const wanted = await start(whole);
    expect(wanted.isDone).toBe(true);
    const losses = ({ records }: typeof whole) => records.map(({ step, phase, loss }) => [step, phase, loss]);
    expect(losses(whole).map(([step, phase]) => `${phase} ${step}`)).toEqual([
      'drill 1',
      'drill 2',
      'step 3',
      'step 4',
      'step 5',
    ]);
    for (const stopAfter of backend === 'cpu' ? [3] : [1, 3]) {
      const parts = memoryRun();
      expect((await start(parts, stopAfter)).isDone).toBe(false);
      expect(parts.records).toHaveLength(stopAfter);
      expect(await start(parts)).toEqual(wanted);
      expect(losses(parts)).toEqual(losses(whole));
    }
  });

  it('refuses the checkpoint of another model by the name of a tensor', async () => {
    const run = memoryRun();
    await start(run, 1);
    const model = await createModel({ frozen: 'base', adapter: { ...LORA, rank: 2 } });
    const again = runSft({ model, phases, seed: 3, saveEvery: 100, run, onStep: () => {}, isInterrupted: () => false });
    await expect(again).rejects.toThrow(
      /tensor model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight: the checkpoint has it as \[32, 4\]/,
    );
    model.dispose();
  });
});

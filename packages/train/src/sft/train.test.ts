import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Params } from '@agentiad/core/model/params.ts';
import { disposeParams, loadParams } from '@agentiad/core/model/params.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from '../trajectories/testCase.ts';
import type { SftProgress, SftSettings } from './train.ts';
import { trainSft } from './train.ts';

const { config } = tinyModel.backbone;
const trajectories = await Promise.all(
  [makeCase(), makeCase(GOOD)].map(async (example) => (await demonstrateCase(example, 'cot')).trajectory),
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

const WEIGHTS = createRandomWeights(config, 2);

/** Trains from `weights`; the progress of every step. */
async function train(
  changes: Partial<SftSettings> = {},
  weights: WeightSource = WEIGHTS,
  look: (params: Params) => void = () => {},
): Promise<SftProgress[]> {
  const params = await loadParams(config, weights);
  const progress: SftProgress[] = [];
  const trained = await trainSft({
    params,
    config,
    processor: tinyModel.processor,
    trajectories,
    settings: { ...SETTINGS, ...changes },
    random: createRandom(4),
    afterStep: (step) => {
      progress.push(step);
      return Promise.resolve();
    },
  });
  look(trained);
  disposeParams(trained);
  disposeParams(params);
  return progress;
}

describe('supervised fine-tuning', { timeout: 120_000 }, () => {
  beforeAll(() => useTestBackend('wasm'));

  it('learns two demonstrations by heart, leaking no tensor', async () => {
    const before = tf.memory().numTensors;
    const progress = await train();
    expect(tf.memory().numTensors).toBe(before);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(progress[0]!.loss).toBeGreaterThan(4);
    expect(progress.at(-1)!.loss).toBeLessThan(0.5);
    expect(progress.at(-1)!.learningRate).toBeLessThan(0.1 * SETTINGS.learningRate);
  });

  it('repeats itself for the same seed', async () => {
    const losses = async () => (await train({ steps: 4, batchSize: 1 })).map(({ loss }) => loss);
    expect(await losses()).toEqual(await losses());
  });

  it('changes nothing in a step whose gradient is not finite, and says so', async () => {
    const broken: WeightSource = {
      ...WEIGHTS,
      read: async (name) => (name === 'model.norm.weight' ? new Float32Array(32).fill(NaN) : WEIGHTS.read(name)),
    };
    let table: readonly number[] = [];
    const progress = await train({ steps: 2, batchSize: 1 }, broken, (params) => {
      table = [...params['model.embed_tokens.weight']!.dataSync()];
    });
    expect(progress.map(({ skipped }) => skipped)).toEqual([true, true]);
    expect(table.every(Number.isFinite)).toBe(true);
    expect((await train({ steps: 1, batchSize: 1 }))[0]!.skipped).toBe(false);
  });
});

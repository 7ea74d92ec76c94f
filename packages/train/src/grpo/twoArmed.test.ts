import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { createAdamW } from '../optim/adamw.ts';
import { groupAdvantages } from './advantages.ts';
import { grpoObjective } from './objective.ts';
import { sequenceWeights } from './plan.ts';

const GROUP = 8;
const STEPS = 60;

beforeAll(() => useTestBackend('cpu'));

it.each([1, 2, 3])('G25: P(good tool) rises from 0.5 to above 0.95 in 60 steps, seed %i', async (seed) => {
  const random = createRandom(seed);
  const values = new Float32Array(2); // logits of the good and of the bad tool
  const policy = { values, spans: [{ name: 'logits', shape: [2], from: 0, to: 2 }], upload() {} };
  const optimiser = createAdamW(2);
  const good = () => 1 / (1 + Math.exp(values[1]! - values[0]!));
  expect(good()).toBe(0.5);
  for (let step = 0; step < STEPS; step++) {
    const share = good();
    const picks = Array.from({ length: GROUP }, () => (random.next() < share ? 0 : 1));
    // The good tool helps in nine cases of ten, the bad one in one of ten.
    const rewards = picks.map((pick) => (random.next() < (pick === 0 ? 0.9 : 0.1) ? 1 : 0));
    const logProbabilities = Float32Array.from(picks, (pick) => Math.log(pick === 0 ? share : 1 - share));
    const objective = grpoObjective(
      {
        old: logProbabilities,
        reference: null,
        advantages: Float32Array.from(groupAdvantages(rewards, 'mean')),
        weights: Float32Array.from(
          sequenceWeights(
            picks.map(() => 1),
            'token-mean',
            1,
          ),
        ),
        starts: [...picks.keys()],
      },
      { clipLow: 0.2, clipHigh: 0.28, dualClip: null, ratio: 'token', klWeight: 0, klEstimator: 'k3' },
    );
    const slope = tf.tidy(() => tf.grad((x) => objective(x as tf.Tensor1D))(tf.tensor1d(logProbabilities)));
    const gradient = new Float32Array(2);
    (await slope.data()).forEach((own, index) => {
      // d log softmax / d logits = one-hot - softmax
      gradient[0]! += own * ((picks[index] === 0 ? 1 : 0) - share);
      gradient[1]! += own * ((picks[index] === 1 ? 1 : 0) - (1 - share));
    });
    slope.dispose();
    optimiser.step(policy, { values: gradient }, 0.1);
  }
  expect(good()).toBeGreaterThan(0.95);
});

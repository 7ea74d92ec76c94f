import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { addGradient, gradients, zeroGradient } from '../nn/gradients.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { bucketWidth, buildBatch } from '../sft/batch.ts';
import { codePreset } from '../rewards/code.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { policyFigures, samplerMismatch } from './metrics.ts';
import { grpoObjective } from './objective.ts';
import { sequenceWeights } from './plan.ts';
import { createPolicyBackbone } from './policyBackbone.ts';
import type { ReplaySample } from './replayBuffer.ts';
import type { RolloutSettings } from './rollout.ts';
import { rollOutGroup } from './rollout.ts';
import type { LookModel } from './toy/lookModel.ts';
import { createLookModel } from './toy/lookModel.ts';
import { demonstrateLook, lookCases, lookDeps } from './toy/lookTask.ts';
import type { UpdateSettings } from './update.ts';
import { addBatch, makePlan, tokenLogProbabilities } from './update.ts';

const SETTINGS: UpdateSettings = {
  loss: { clipLow: 0.2, clipHigh: 0.28, dualClip: null, ratio: 'token', klWeight: 0, klEstimator: 'k3' },
  aggregation: 'token-mean',
  maxLength: 100,
  microBatch: 2,
  temperature: 1,
};

let look: LookModel;
let trajectories: Trajectory[];
let samples: ReplaySample[];

beforeAll(async () => {
  await useTestBackend('wasm');
  look = await createLookModel(1);
  const cases = lookCases(4, 2);
  trajectories = await Promise.all(
    cases.map((example, index) => demonstrateLook(example, look.loaded, index % 2 === 0)),
  );
  const old = await tokenLogProbabilities(look.training, trajectories, SETTINGS);
  const advantages = [1, -0.5, 0.25, -0.75];
  samples = trajectories.map((trajectory, index) => ({
    trajectory,
    advantage: advantages[index]!,
    old: old[index]!,
    reference: null,
  }));
  return () => look.dispose();
});

/** Largest difference of two gradients, as a share of the larger one's largest value. */
function distance(a: Float32Array, b: Float32Array): number {
  const most = (values: Float32Array) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return most(a.map((value, index) => value - b[index]!)) / Math.max(most(a), most(b));
}

/** Loss, log-probabilities and the whole gradient of a batch. */
async function run(own: readonly ReplaySample[], settings: Partial<UpdateSettings> = {}) {
  const gradient = zeroGradient(look.training);
  const pass = await addBatch(look.training, own, { ...SETTINGS, ...settings }, async (batch, objective, options) => {
    const { gradient: part, ...added } = await gradients(look.training, batch, objective, options);
    addGradient(gradient, part);
    return added;
  });
  return { ...pass, gradient };
}

describe('addBatch', () => {
  it('G5: in the first step the ratio is 1 on every model token', async () => {
    const { current } = await run(samples);
    const figures = policyFigures(samples, current, SETTINGS.loss);
    expect(figures['maxRatioDeviation']).toBeLessThan(1e-5);
    expect(figures['clipFraction']).toBe(0);
    expect(figures['tokens']).toBe(samples.reduce((sum, { old }) => sum + old.length, 0));
  });

  it('G12: micro-batches of 1, 2 and 4 give the same loss and gradient, for every aggregation', async () => {
    for (const aggregation of ['token-mean', 'sequence-mean', 'constant-length'] as const) {
      const whole = await run(samples, { aggregation, microBatch: 4 });
      for (const microBatch of [1, 2]) {
        const parts = await run(samples, { aggregation, microBatch });
        expect(parts.loss).toBeCloseTo(whole.loss, 5);
        expect(distance(parts.gradient.values, whole.gradient.values)).toBeLessThan(1e-4);
      }
    }
  });

  it('G13: padding to another bucket changes neither loss nor gradient', async () => {
    const plan = makePlan(
      samples,
      sequenceWeights(
        samples.map(({ old }) => old.length),
        'token-mean',
        0,
      ),
    );
    const at = (width: number) => {
      const { config, processor } = look.training;
      const batch = buildBatch(trajectories, config, processor, 'all-assistant', width);
      return gradients(look.training, batch, grpoObjective(plan, SETTINGS.loss));
    };
    const width = bucketWidth(Math.max(...trajectories.map(({ ids }) => ids.length)));
    const [narrow, wide] = [await at(width), await at(width + 96)];
    expect(wide.loss).toBeCloseTo(narrow.loss, 5);
    expect(distance(wide.gradient.values, narrow.gradient.values)).toBeLessThan(1e-4);
  });

  it('G14: the order of rollouts in the buffer does not matter', async () => {
    const [forward, backward] = [await run(samples), await run(samples.toReversed())];
    expect(backward.loss).toBeCloseTo(forward.loss, 5);
    expect(distance(backward.gradient.values, forward.gradient.values)).toBeLessThan(1e-4);
  });

  it('G10: only model tokens are targets, and log-probabilities elsewhere change nothing', async () => {
    const { config, processor } = look.training;
    const batch = buildBatch(trajectories, config, processor, 'all-assistant');
    const width = batch.ids.length / trajectories.length;
    const kinds = [...batch.predictFrom].map((from) => {
      const position = (from % width) + 1;
      const { segments } = trajectories[Math.floor(from / width)]!;
      return segments.find((segment) => segment.from <= position && position < segment.to)!.kind;
    });
    expect(new Set(kinds)).toEqual(new Set(['model']));
    const before = await run(samples);
    const disturbed = samples.map((sample) => ({
      ...sample,
      trajectory: { ...sample.trajectory, logProbabilities: sample.trajectory.ids.map(() => -5) },
    }));
    const after = await run(disturbed);
    expect(after.loss).toBe(before.loss);
    expect(after.gradient.values).toEqual(before.gradient.values);
  });

  it('G10: a token that becomes an observation leaves the loss, and weighs nothing', async () => {
    // The first word of the last turn was not drawn after all.
    const retyped = trajectories.map((trajectory) => {
      const last = trajectory.segments.at(-1)!;
      const parts = [
        { ...last, to: last.from + 1, kind: 'observation' as const },
        { ...last, from: last.from + 1 },
      ];
      return { ...trajectory, segments: [...trajectory.segments.slice(0, -1), ...parts] };
    });
    const old = await tokenLogProbabilities(look.training, retyped, SETTINGS);
    old.forEach((own, index) => expect(own).toHaveLength(samples[index]!.old.length - 1));
  });

  it('G3: advantages of 0 give a gradient of exact zeros', async () => {
    const { loss, gradient } = await run(samples.map((sample) => ({ ...sample, advantage: 0 })));
    expect(Math.abs(loss)).toBe(0);
    expect(gradient.values.every((value) => value === 0)).toBe(true);
  });

  it('a step against it makes the better rollouts likelier and the worse ones less likely', async () => {
    const { training } = look;
    const kept = training.values.slice();
    const { gradient } = await run(samples);
    gradient.values.forEach((value, index) => (training.values[index]! -= 0.05 * value));
    training.upload();
    const after = await tokenLogProbabilities(training, trajectories, SETTINGS);
    training.values.set(kept);
    training.upload();
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    const weighed = samples.reduce(
      (total, { advantage, old }, i) => total + advantage * (sum(after[i]!) - sum(old)),
      0,
    );
    expect(weighed).toBeGreaterThan(0);
  });
});

describe('the reference', () => {
  let adapted: TrainingModel;

  beforeAll(async () => {
    const { config, processor } = look.training;
    adapted = await createTrainingModel({
      config,
      processor,
      weights: createRandomWeights(config, 1),
      frozen: 'base',
      adapter: { rank: 2, alpha: 4, modules: ['self_attn.q_proj', 'mlp.down_proj'], seed: 3 },
      recompute: false,
    });
    return () => adapted.dispose();
  });

  it('G9: is the policy with its adapter off: equal at first, then left behind, and itself unmoved', async () => {
    const passes = async () => [
      await tokenLogProbabilities(adapted, trajectories, SETTINGS),
      await tokenLogProbabilities(adapted, trajectories, SETTINGS, false),
    ];
    const klOf = (policy: readonly Float32Array[], reference: readonly Float32Array[]) => {
      const own = samples.map((sample, index) => ({ ...sample, old: policy[index]!, reference: reference[index]! }));
      return policyFigures(own, policy, SETTINGS.loss)['kl']!;
    };
    const [policy, reference] = (await passes()) as [Float32Array[], Float32Array[]];
    expect(klOf(policy, reference)).toBeLessThan(1e-9);
    adapted.values.forEach((value, index) => (adapted.values[index] = value + 0.2));
    adapted.upload();
    const [moved, still] = (await passes()) as [Float32Array[], Float32Array[]];
    expect(still).toEqual(reference);
    expect(klOf(moved, still)).toBeGreaterThan(1e-3);
  });

  it('rollouts run with the adapter in its place', async () => {
    const backbone = createPolicyBackbone(adapted, look.backbone);
    const settings: RolloutSettings = {
      mode: 'pz',
      groupSize: 1,
      limits: { ...DEFAULT_LIMITS, maxToolCalls: 0, maxNewTokens: 8 },
      sampling: { temperature: 1, topP: 1, logProbabilities: 'raw' },
      truncated: 'mask',
      reward: codePreset(),
    };
    const deps = lookDeps({ ...look.loaded, backbone });
    const [rollout] = (await rollOutGroup(lookCases(1, 8)[0]!, deps, settings, 4)).rollouts;
    backbone.dispose();
    const { trajectory } = rollout!;
    const [policy] = await tokenLogProbabilities(adapted, [trajectory], SETTINGS);
    const [reference] = await tokenLogProbabilities(adapted, [trajectory], SETTINGS, false);
    expect(samplerMismatch([{ trajectory, old: policy! }])).toBeLessThan(2e-3);
    expect(samplerMismatch([{ trajectory, old: reference! }])).toBeGreaterThan(0.05);
  });
});

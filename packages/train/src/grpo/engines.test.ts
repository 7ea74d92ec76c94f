/** The loss against TRL's and OpenRLHF's formulas in PyTorch (scripts/grpo_golden.py made the fixture). */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { ADVANTAGES, groupAdvantages, type AdvantageKind } from './advantages.ts';
import type { KlEstimator } from './kl.ts';
import type { LossSettings } from './objective.ts';
import { grpoObjective } from './objective.ts';
import type { Aggregation } from './plan.ts';
import { sequenceWeights } from './plan.ts';
import type { ReplaySample } from './replayBuffer.ts';
import { makeTrajectory } from './testing.ts';
import { makePlan } from './update.ts';

interface Fixture {
  readonly clip: { readonly low: number; readonly high: number };
  readonly maxLength: number;
  readonly advantages: readonly (Record<AdvantageKind, readonly number[]> & { readonly rewards: readonly number[] })[];
  readonly batches: readonly {
    readonly lengths: readonly number[];
    readonly advantages: readonly number[];
    readonly now: readonly number[];
    readonly old: readonly number[];
    readonly reference: readonly number[];
  }[];
  readonly cases: readonly (Case & {
    readonly batch: number;
    readonly loss: number;
    readonly gradient: readonly number[];
  })[];
}

type Case =
  | {
      readonly engine: 'trl';
      readonly loss_type: 'grpo' | 'bnpo' | 'dapo' | 'dr_grpo';
      readonly level: 'token' | 'sequence';
      readonly beta: number;
      readonly delta: number | null;
    }
  | {
      readonly engine: 'openrlhf';
      readonly kind: 'ppo' | 'gspo';
      readonly token_level: boolean;
      readonly dual_clip: number | null;
      readonly estimator: KlEstimator;
      readonly kl_coef: number;
    };

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/grpo/cases.json', import.meta.url), 'utf8')) as Fixture;

const TRL_AGGREGATION = {
  grpo: 'sequence-mean',
  bnpo: 'token-mean',
  dapo: 'token-mean',
  dr_grpo: 'constant-length',
} as const;

/** Our settings for theirs. */
function settingsOf(one: Case): { loss: LossSettings; aggregation: Aggregation } {
  const clip = { clipLow: fixture.clip.low, clipHigh: fixture.clip.high };
  if (one.engine === 'trl') {
    const { level: ratio, beta: klWeight, delta: dualClip } = one;
    return {
      loss: { ...clip, dualClip, ratio, klWeight, klEstimator: 'k3' },
      aggregation: TRL_AGGREGATION[one.loss_type],
    };
  }
  const { kind, dual_clip: dualClip, estimator: klEstimator, kl_coef: klWeight, token_level } = one;
  const ratio = kind === 'gspo' ? 'sequence' : 'token';
  const aggregation = token_level ? 'token-mean' : 'sequence-mean';
  return { loss: { ...clip, dualClip, ratio, klWeight, klEstimator }, aggregation };
}

function samplesOf({ lengths, advantages, old, reference }: Fixture['batches'][number]): ReplaySample[] {
  let at = 0;
  return lengths.map((length, index) => {
    const [from, to] = [at, (at += length)];
    return {
      trajectory: makeTrajectory(`${index}`, length),
      advantage: advantages[index]!,
      old: Float32Array.from(old.slice(from, to)),
      reference: Float32Array.from(reference.slice(from, to)),
    };
  });
}

const name = (one: Case) =>
  one.engine === 'trl'
    ? `TRL ${one.loss_type}, ${one.level}, beta ${one.beta}, delta ${one.delta}`
    : `OpenRLHF ${one.kind}, token level ${one.token_level}, dual clip ${one.dual_clip}, ${one.estimator} ${one.kl_coef}`;

describe.each(testBackends)('against other engines on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each(fixture.cases.map((one) => [`${name(one)}, batch ${one.batch}`, one] as const))('%s', async (_, one) => {
    const batch = fixture.batches[one.batch]!;
    const { loss: settings, aggregation } = settingsOf(one);
    const plan = makePlan(samplesOf(batch), sequenceWeights(batch.lengths, aggregation, fixture.maxLength));
    const objective = grpoObjective(plan, settings);
    const input = tf.tensor1d([...batch.now]);
    const { value, grad } = tf.valueAndGrad((x) => objective(x as tf.Tensor1D))(input);
    expect((await value.data())[0]).toBeCloseTo(one.loss, 5);
    const gradient = await grad.data();
    one.gradient.forEach((expected, index) => expect(gradient[index]).toBeCloseTo(expected, 5));
    tf.dispose([input, value, grad]);
  });
});

describe('advantages against PyTorch', () => {
  it.each(fixture.advantages)('rewards $rewards', (row) => {
    for (const kind of ADVANTAGES) {
      groupAdvantages(row.rewards, kind).forEach((value, index) => expect(value).toBeCloseTo(row[kind][index]!, 9));
    }
  });
});

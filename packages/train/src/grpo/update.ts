/** One update from replay samples: gradients over micro-batches that add up exactly, and what they say of the policy. */
import { assert } from '@agentiad/core/support/assert.ts';
import { logProbabilities } from '../nn/gradients.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { Updater } from '../optim/updater.ts';
import { buildBatch } from '../sft/batch.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import type { LossSettings, TokenPlan } from './objective.ts';
import { grpoObjective } from './objective.ts';
import type { Aggregation } from './plan.ts';
import { sequenceWeights } from './plan.ts';
import type { ReplaySample } from './replayBuffer.ts';

export interface UpdateSettings {
  readonly loss: LossSettings;
  readonly aggregation: Aggregation;
  /** Divisor of `constant-length`, in model tokens of an episode. */
  readonly maxLength: number;
  /** Rollouts that go through the model at once. */
  readonly microBatch: number;
  /** Of all log-probabilities of the run (sampling.ts). */
  readonly temperature: number;
}

type PassSettings = Pick<UpdateSettings, 'microBatch' | 'temperature'>;

/** Log-probabilities of every model token, per trajectory; with `adapter: false` those of the reference. */
export async function tokenLogProbabilities(
  model: TrainingModel,
  trajectories: readonly Trajectory[],
  { microBatch, temperature }: PassSettings,
  adapter = true,
): Promise<Float32Array[]> {
  const result: Float32Array[] = [];
  for (let at = 0; at < trajectories.length; at += microBatch) {
    const part = trajectories.slice(at, at + microBatch);
    const batch = makeBatch(model, part);
    result.push(...split(await logProbabilities(model, batch, { temperature, adapter }), part));
  }
  return result;
}

export interface BatchPass {
  readonly loss: number;
  /** Log-probabilities at the point of the gradient, per sample. */
  readonly current: readonly Float32Array[];
}

/**
 * Loss of the whole batch; `add` gets its gradient in micro-batches that add up to it exactly: how it is split makes no
 * difference.
 */
export async function addBatch(
  model: TrainingModel,
  samples: readonly ReplaySample[],
  settings: UpdateSettings,
  add: Updater['add'],
): Promise<BatchPass> {
  const lengths = samples.map(({ old }) => old.length);
  const weights = sequenceWeights(lengths, settings.aggregation, settings.maxLength);
  const current: Float32Array[] = [];
  let loss = 0;
  for (let at = 0; at < samples.length; at += settings.microBatch) {
    const part = samples.slice(at, at + settings.microBatch);
    const trajectories = part.map(({ trajectory }) => trajectory);
    const plan = makePlan(part, weights.slice(at, at + settings.microBatch));
    const { temperature } = settings;
    const objective = grpoObjective(plan, settings.loss);
    const own = await add(makeBatch(model, trajectories), objective, { temperature });
    loss += own.loss;
    current.push(...split(own.logProbabilities, trajectories));
  }
  return { loss, current };
}

function makeBatch(model: TrainingModel, trajectories: readonly Trajectory[]) {
  return buildBatch(trajectories, model.config, model.processor, 'all-assistant');
}

/** Values of a batch's targets, one array per trajectory. */
function split(values: Float32Array, trajectories: readonly Trajectory[]): Float32Array[] {
  let at = 0;
  const parts = trajectories.map(({ segments }) =>
    values.slice(at, (at += trainedPositions(segments, 'all-assistant').length)),
  );
  assert(at === values.length, `${values.length} log-probabilities for ${at} model tokens`);
  return parts;
}

export function makePlan(samples: readonly ReplaySample[], weights: readonly number[]): TokenPlan {
  const starts: number[] = [];
  let count = 0;
  for (const { old } of samples) {
    starts.push(count);
    count += old.length;
  }
  const fill = (valueOf: (index: number) => number) => {
    const values = new Float32Array(count);
    samples.forEach(({ old }, index) => values.fill(valueOf(index), starts[index], starts[index]! + old.length));
    return values;
  };
  const join = (arrays: readonly Float32Array[]) => {
    const values = new Float32Array(count);
    arrays.forEach((own, index) => values.set(own, starts[index]));
    return values;
  };
  const references = samples.flatMap(({ reference }) => (reference ? [reference] : []));
  return {
    old: join(samples.map(({ old }) => old)),
    reference: references.length === samples.length ? join(references) : null,
    advantages: fill((index) => samples[index]!.advantage),
    weights: fill((index) => weights[index]!),
    starts,
  };
}

/**
 * Agentic GRPO: sample groups with the present policy, keep those with an advantage, take their log-probabilities before
 * anything changes, update, and again. Everything random follows from the seed and the cursor, so that a run that is
 * resumed from `checkpoint()` goes on as if it had never stopped (training.md G24).
 */
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { shuffled } from '../data/split.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { cosineSchedule } from '../optim/schedule.ts';
import { createUpdater } from '../optim/updater.ts';
import { createReward } from '../rewards/index.ts';
import type { RewardPreset } from '../rewards/reward.ts';
import type { CheckpointContents } from '../run/checkpoint.ts';
import { boundRewards } from './bounds.ts';
import { checkFits, packCheckpoint, unpackCheckpoint } from './checkpoint.ts';
import type { ScoredGroup } from './filter.ts';
import { collectGroups } from './filter.ts';
import { checkEpisodes, checkFinite, notFinite } from './finite.ts';
import type { Figures } from './metrics.ts';
import { modelTokens, policyFigures, rolloutFigures, samplerMismatch } from './metrics.ts';
import type { PolicyBackbone } from './policyBackbone.ts';
import type { ReplaySample } from './replayBuffer.ts';
import { createReplayBuffer } from './replayBuffer.ts';
import type { Group, RolloutSettings } from './rollout.ts';
import { rollOutGroup } from './rollout.ts';
import { logTemperature } from './sampling.ts';
import { groupSeed } from './seeds.ts';
import type { GrpoSettings } from './settings.ts';
import { checkSettings } from './settings.ts';
import type { UpdateSettings } from './update.ts';
import { addBatch, tokenLogProbabilities } from './update.ts';

export interface StepReport {
  /** From 1. */
  readonly step: number;
  readonly figures: Figures;
  /** Fewer groups with an advantage than wanted, after all the resampling that is allowed. */
  readonly isExhausted: boolean;
  readonly groups: readonly Group[];
}

export interface GrpoTrainer {
  /** Steps done. */
  readonly step: number;
  next(onGroup?: (group: Group) => void): Promise<StepReport>;
  checkpoint(): Promise<CheckpointContents>;
  restore(contents: CheckpointContents): Promise<void>;
  /** Brings `model.values` up to date and frees what it holds. */
  finish(): Promise<void>;
}

export interface TrainerOptions {
  readonly model: TrainingModel;
  readonly backbone: PolicyBackbone;
  /** As for any inspection; its model is `backbone`. */
  readonly deps: InspectionDeps;
  readonly cases: readonly LabelledCase[];
  readonly settings: GrpoSettings;
  /** By default the preset that the settings name. */
  readonly reward?: RewardPreset;
  readonly seed: number;
}

export function createGrpoTrainer(options: TrainerOptions): GrpoTrainer {
  const { model, backbone, deps, cases, settings, seed } = options;
  checkSettings(settings, model.lora !== null);
  assert(cases.length > 0, 'no cases to train on');
  const { groupsPerStep } = settings;
  const { reward = createReward(settings.reward) } = options;
  const rollouts = { ...rolloutSettings(settings, reward), probed: backbone.drawsOnDevice ? PROBED : 0 };
  const update = updateSettings(settings);
  const updater = createUpdater(model, { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay });
  const { learningRate: peak, steps, warmup, floor } = settings;
  const schedule = cosineSchedule({ peak, steps, warmup, floor });
  const random = createRandom(mixSeed('grpo', seed));
  let buffer = createReplayBuffer();
  let step = 0;
  /** Groups sampled so far. */
  let cursor = 0;

  return {
    get step() {
      return step;
    },
    async next(onGroup) {
      const started = performance.now();
      let bounded = 0;
      const sample = async () => {
        const raw = await rollOutGroup(nextCase(cursor), deps, rollouts, groupSeed(seed, cursor));
        cursor++;
        const { group, count } = boundRewards(raw, settings.rewardBounds);
        bounded += count;
        onGroup?.(group);
        return group;
      };
      const collected = await collectGroups(sample, groupsPerStep, settings);
      checkEpisodes(collected.sampled, step + 1);
      const fresh = await prepare(collected.groups);
      const mismatch = samplerMismatch(fresh);
      buffer.add(fresh);
      const sampled = performance.now();
      const learned = await learn(take());
      step++;
      await backbone.refresh();
      return {
        step,
        isExhausted: collected.isExhausted,
        groups: collected.sampled,
        figures: {
          ...rolloutFigures(collected.sampled),
          zeroAdvantageGroups: collected.zeroAdvantageGroups,
          resampled: collected.resampled,
          exhausted: collected.isExhausted ? 1 : 0,
          boundedRewards: bounded,
          samplerMismatch: mismatch,
          waiting: buffer.size,
          ...learned,
          sampleMs: sampled - started,
          updateMs: performance.now() - sampled,
        },
      };
    },
    async checkpoint() {
      const optimiser = await updater.state(); // and the values with it
      const { values } = model;
      return packCheckpoint({ step, cursor, random: random.state(), values, optimiser, samples: buffer.samples() });
    },
    async restore(contents) {
      const state = unpackCheckpoint(contents);
      checkFits(state, model.values.length);
      ({ step, cursor } = state);
      random.restore(state.random);
      model.values.set(state.values);
      model.upload();
      updater.restore(state.optimiser);
      buffer = createReplayBuffer(state.samples);
      await backbone.refresh();
    },
    finish: () => updater.finish(),
  };

  /** Whole passes over the cases, in a fresh order each. */
  function nextCase(index: number): LabelledCase {
    const pass = Math.floor(index / cases.length);
    return shuffled(cases, createRandom(mixSeed('cases', seed, pass)))[index % cases.length]!;
  }

  /** Samples with the log-probabilities of the policy as it is now, before any update (G21). */
  async function prepare(groups: readonly ScoredGroup[]): Promise<ReplaySample[]> {
    const kept = groups.flatMap(({ group, advantages }) =>
      group.rollouts.flatMap((rollout, index) =>
        rollout.reward && modelTokens(rollout) > 0
          ? [{ trajectory: rollout.trajectory, advantage: advantages[index]! }]
          : [],
      ),
    );
    const trajectories = kept.map(({ trajectory }) => trajectory);
    const old = await tokenLogProbabilities(model, trajectories, update);
    const reference =
      settings.loss.klWeight > 0 ? await tokenLogProbabilities(model, trajectories, update, false) : null;
    checkFinite(trajectories, [old, ...(reference ? [reference] : [])], step + 1);
    return kept.map((one, index) => ({ ...one, old: old[index]!, reference: reference?.[index] ?? null }));
  }

  /** What the step learns from. Where too few samples are there for a batch, the settings say what happens. */
  function take(): readonly ReplaySample[] {
    const { shortage, batchSize } = settings;
    if (shortage === 'wait') return buffer.take(buffer.size - (buffer.size % batchSize));
    const samples = buffer.take(buffer.size);
    if (shortage === 'smaller') return samples;
    const whole = Math.ceil(samples.length / batchSize) * batchSize;
    return Array.from({ length: whole }, (_, index) => samples[index % samples.length]!);
  }

  async function learn(samples: readonly ReplaySample[]): Promise<Figures> {
    const learningRate = schedule(step);
    let figures: Figures = {};
    let updates = 0;
    for (let epoch = 0; epoch < settings.innerEpochs; epoch++) {
      const order = shuffled(samples, random);
      for (let at = 0; at < order.length; at += settings.batchSize) {
        const batch = order.slice(at, at + settings.batchSize);
        const trajectories = batch.map(({ trajectory }) => trajectory);
        const { loss, current } = await addBatch(model, batch, update, updater.add);
        checkFinite(trajectories, [current], step + 1);
        const norm = Number.isFinite(loss) ? await updater.update(learningRate, settings.maxNorm) : NaN;
        if (!Number.isFinite(norm)) throw notFinite(trajectories, step + 1, 'the loss or its gradient');
        figures = { loss, norm, ...policyFigures(batch, current, settings.loss) };
        updates++;
      }
    }
    return { ...figures, learningRate, updates };
  }
}

/** Of a group on the engine: enough to report how far its numbers are from the trainer's. */
const PROBED = 1;

function rolloutSettings(settings: GrpoSettings, reward: RewardPreset): RolloutSettings {
  const { mode, groupSize, sampling, truncated, maxToolCalls, maxNewTokens } = settings;
  return { mode, groupSize, limits: { ...DEFAULT_LIMITS, maxToolCalls, maxNewTokens }, sampling, truncated, reward };
}

function updateSettings({ loss, aggregation, maxLength, microBatch, sampling }: GrpoSettings): UpdateSettings {
  return { loss, aggregation, maxLength, microBatch, temperature: logTemperature(sampling) };
}

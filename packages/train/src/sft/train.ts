/** Supervised fine-tuning on whatever TensorFlow.js backend is active (agent-spec §5.1). */
import type { Random } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { logProbabilities } from '../nn/gradients.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { AdamWState } from '../optim/adamw.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { cosineSchedule } from '../optim/schedule.ts';
import type { Updater } from '../optim/updater.ts';
import { createUpdater } from '../optim/updater.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { buildBatch } from './batch.ts';
import type { BatchState } from './batches.ts';
import { createBatches } from './batches.ts';
import type { SftMask } from './mask.ts';
import { negativeLogLikelihood } from './objective.ts';

/** Reading drills (`trajectories/drills.ts`) before the demonstrations, at the same peak learning rate. */
export interface DrillSettings {
  readonly count: number;
  readonly steps: number;
  readonly batchSize: number;
  /** How many of them stay among the demonstrations. */
  readonly mixed: number;
  /** How often each demonstration's readings are said again among the demonstrations; default never. */
  readonly echoes?: number;
}

/** How a run learns; what it trains is in `TrainedParts` (run/config.ts). */
export interface SftSettings {
  readonly steps: number;
  /** Samples of one micro-batch. */
  readonly batchSize: number;
  /** Micro-batches of one step; by default 1. */
  readonly accumulation?: number;
  readonly learningRate: number;
  /** Share of the steps. */
  readonly warmup: number;
  readonly weightDecay: number;
  readonly maxNorm: number;
  readonly mask: SftMask;
  readonly drills?: DrillSettings;
  /** Longest sample in tokens; by default the model's own limit. */
  readonly context?: number;
}

export interface SftProgress {
  readonly step: number;
  /** Mean over the trained tokens of the step. */
  readonly loss: number;
  /** Of the gradient, before it is clipped. */
  readonly norm: number;
  readonly learningRate: number;
  readonly tokens: number;
  readonly ms: number;
}

/** All that a phase of training needs to go on, besides the model's values. */
export interface SftState {
  readonly step: number;
  readonly random: readonly number[];
  readonly batches: BatchState;
  readonly optimiser: AdamWState;
}

export interface SftOptions {
  readonly model: TrainingModel;
  readonly trajectories: readonly Trajectory[];
  readonly settings: SftSettings;
  readonly random: Random;
  /** Go on from here; `model.values` must be those of the same moment. */
  readonly resume?: SftState;
  /** After every step; may save: `state` brings `model.values` up to date. Returns true to stop there. */
  readonly afterStep: (progress: SftProgress, state: () => Promise<SftState>) => Promise<boolean | void>;
}

/**
 * Trains `model` up to `settings.steps` steps. Batches are drawn from `random`: whole passes in a fresh order each. A step
 * whose loss or gradient is not finite changes nothing and throws a UserError that names its samples.
 */
export async function trainSft(options: SftOptions): Promise<void> {
  const { model, settings, trajectories, random, resume } = options;
  const updater = createUpdater(model, { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay });
  const schedule = cosineSchedule({
    peak: settings.learningRate,
    steps: settings.steps,
    warmup: settings.warmup,
    floor: 0.05,
  });
  const lengths = trajectories.map(({ ids }) => ids.length);
  const batches = createBatches(lengths, settings.batchSize, random);
  if (resume) {
    updater.restore(resume.optimiser);
    batches.restore(resume.batches);
    random.restore(resume.random);
  }
  try {
    for (let step = resume?.step ?? 0; step < settings.steps; step++) {
      const started = performance.now();
      const micro = Array.from({ length: settings.accumulation ?? 1 }, () =>
        batches.next().map((index) => trajectories[index]!),
      );
      const { loss, tokens } = await accumulate(model, micro, settings.mask, updater);
      const learningRate = schedule(step);
      const norm = Number.isFinite(loss) ? await updater.update(learningRate, settings.maxNorm) : NaN;
      if (!Number.isFinite(norm)) throw await notFinite(model, micro.flat(), settings.mask, step + 1);
      const progress = { step: step + 1, loss, norm, learningRate, tokens, ms: performance.now() - started };
      const isStopped = await options.afterStep(progress, async () => ({
        step: step + 1,
        random: random.state(),
        batches: batches.state(),
        optimiser: await updater.state(),
      }));
      if (isStopped) return;
    }
  } finally {
    await updater.finish();
  }
}

/** Adds the gradients of several micro-batches as if they were one batch: every token counts the same. */
export async function accumulate(
  model: TrainingModel,
  micro: readonly (readonly Trajectory[])[],
  mask: SftMask,
  updater: Pick<Updater, 'add'>,
): Promise<{ loss: number; tokens: number }> {
  const batches = micro.map((samples) => buildBatch(samples, model.config, model.processor, mask));
  const tokens = batches.reduce((sum, { targets }) => sum + targets.length, 0);
  let loss = 0;
  for (const batch of batches) loss += (await updater.add(batch, negativeLogLikelihood(tokens))).loss;
  return { loss, tokens };
}

/** Which of the samples it was, each alone; all of them where only the gradient is not finite. */
async function notFinite(
  model: TrainingModel,
  samples: readonly Trajectory[],
  mask: SftMask,
  step: number,
): Promise<UserError> {
  const broken: Trajectory[] = [];
  for (const sample of samples) {
    const values = await logProbabilities(model, buildBatch([sample], model.config, model.processor, mask));
    if (!values.every(Number.isFinite)) broken.push(sample);
  }
  const named = (broken.length > 0 ? broken : samples).map(({ id }) => id).join(', ');
  return new UserError({
    code: 'not-finite',
    subject: `step ${step}, ${broken.length > 0 ? 'sample' : 'one of the samples'} ${named}`,
    reason: 'the loss or its gradient is not a finite number. Nothing was changed in this step.',
    remedy: 'Start anew under another name with a lower learning rate, or look at the sample.',
  });
}

/** Supervised fine-tuning of all parameters on whatever TensorFlow.js backend is active (agent-spec §5.1). */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import { shuffled } from '../data/split.ts';
import { ADAMW_DEFAULTS, clipFactor, createAdamW } from '../optim/adamw.ts';
import { cosineSchedule } from '../optim/schedule.ts';
import type { MaskStrategy, Trajectory } from '../trajectories/trajectory.ts';
import { buildBatch } from './batch.ts';
import { sftLoss } from './objective.ts';

/** Reading drills (`trajectories/drills.ts`) before the demonstrations, at the same peak learning rate. */
export interface DrillSettings {
  readonly count: number;
  readonly steps: number;
  readonly batchSize: number;
  /** How many of them stay among the demonstrations. */
  readonly mixed: number;
}

export interface SftSettings {
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Share of the steps. */
  readonly warmup: number;
  readonly weightDecay: number;
  readonly maxNorm: number;
  readonly mask: MaskStrategy;
  readonly drills?: DrillSettings;
}

export interface SftProgress {
  readonly step: number;
  readonly loss: number;
  readonly norm: number;
  readonly learningRate: number;
  /** True when the gradient was not finite: the step changed nothing. */
  readonly skipped: boolean;
  readonly ms: number;
}

/**
 * Trains for `settings.steps` steps and returns the new parameters; the caller disposes both sets. `afterStep` may
 * evaluate or save. Batches are drawn from `random`: whole passes in a fresh order each.
 */
export async function trainSft(options: {
  readonly params: Params;
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  readonly trajectories: readonly Trajectory[];
  readonly settings: SftSettings;
  readonly random: Random;
  readonly afterStep: (progress: SftProgress, params: Params) => Promise<void>;
}): Promise<Params> {
  const { config, processor, settings, trajectories } = options;
  const values = await hostCopies(options.params);
  const variables: Record<string, tf.Variable> = {};
  for (const [name, tensor] of Object.entries(options.params)) variables[name] = tf.variable(tensor, true);
  // Variables keep their generated names: those are global, and another run's may still be alive.
  const nameOf = new Map(Object.entries(variables).map(([name, variable]) => [variable.name, name]));
  const optimiser = createAdamW({ ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay });
  const schedule = cosineSchedule({
    peak: settings.learningRate,
    steps: settings.steps,
    warmup: settings.warmup,
    floor: 0.05,
  });
  const nextBatch = createBatches(trajectories, settings.batchSize, options.random);

  for (let step = 0; step < settings.steps; step++) {
    const started = performance.now();
    const batch = buildBatch(nextBatch(), config, processor, settings.mask);
    const { value, grads } = tf.variableGrads(() => sftLoss(variables, config, batch), Object.values(variables));
    const loss = (await value.data())[0]!;
    const gradients: Record<string, Float32Array> = {};
    for (const [variable, values] of Object.entries(await hostCopies(grads))) gradients[nameOf.get(variable)!] = values;
    tf.dispose([value, ...Object.values(grads)]);
    const { factor, norm } = clipFactor(Object.values(gradients), settings.maxNorm);
    const learningRate = schedule(step);
    const skipped = !Number.isFinite(norm);
    if (!skipped) {
      optimiser.nextStep();
      for (const [name, gradient] of Object.entries(gradients)) {
        if (factor < 1) gradient.forEach((entry, index) => (gradient[index] = entry * factor));
        const variable = variables[name]!;
        optimiser.update(name, values[name]!, gradient, learningRate, variable.rank > 1);
        tf.tidy(() => variable.assign(tf.tensor(values[name]!.slice(), variable.shape)));
      }
    }
    const ms = performance.now() - started;
    await options.afterStep({ step: step + 1, loss, norm, learningRate, skipped, ms }, variables);
  }
  return variables;
}

async function hostCopies(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, Float32Array>> {
  const copies: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors))
    copies[name] = Float32Array.from(await tensor.data<'float32'>());
  return copies;
}

/** Batches sorted together by length waste little padding; more would make batches of one mode only. */
const BATCHES_SORTED = 4;

/** Coarse on purpose: an anomalous answer is a few tokens longer than a normal one, and labels must stay mixed. */
function lengthClass({ ids }: Trajectory): number {
  return Math.ceil(ids.length / 128);
}

/** Whole passes in a fresh order each; inside every four batches, samples of similar length go together. */
function createBatches(items: readonly Trajectory[], size: number, random: Random): () => Trajectory[] {
  let queue: Trajectory[] = [];
  let batches: Trajectory[][] = [];
  const refill = () => {
    const chunk: Trajectory[] = [];
    while (chunk.length < size * BATCHES_SORTED) {
      if (queue.length === 0) queue = shuffled(items, random);
      chunk.push(queue.pop()!);
    }
    chunk.sort((a, b) => lengthClass(a) - lengthClass(b));
    const cut = Array.from({ length: BATCHES_SORTED }, (_, index) => chunk.slice(index * size, (index + 1) * size));
    batches = shuffled(cut, random);
  };
  return () => {
    if (batches.length === 0) refill();
    return batches.pop()!;
  };
}

/** Fine-tuning of the tiny nano on two demonstrations, for tests on every backend. */
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
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
export const trajectories = await Promise.all(
  [makeCase(), makeCase({ ...GOOD, id: 'test/2' })].map(
    async (example) => (await demonstrateCase(example, 'cot')).trajectory,
  ),
);
export const SETTINGS: SftSettings = {
  steps: 30,
  batchSize: 2,
  learningRate: 0.02,
  warmup: 0.1,
  weightDecay: 0.01,
  maxNorm: 1,
  mask: 'all-assistant',
};
export const LORA = { rank: 4, alpha: 8, modules: LORA_MODULES, seed: 1 };

export const WEIGHTS = createRandomWeights(config, 2);

export function createModel(changes: Partial<TrainingModelOptions> = {}): Promise<TrainingModel> {
  return createTrainingModel({ config, processor, weights: WEIGHTS, frozen: 'none', recompute: false, ...changes });
}

/** Progress of every step. */
export async function train(model: TrainingModel, changes: Partial<SftSettings> = {}): Promise<SftProgress[]> {
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

/** A run in memory that keeps its last checkpoint as a run folder would: as bytes, not as references. */
export function memoryRun() {
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

const twoPhases = { ...SETTINGS, steps: 2, batchSize: 1, drills: { count: 2, steps: 1, batchSize: 1, mixed: 1 } };
export type MemoryRun = ReturnType<typeof memoryRun>;

/** Of one and two steps. */
export const PHASES = planPhases(twoPhases, trajectories, trajectories.toReversed());
/** Trains an adapter through both phases, or up to `stopAfter` steps. */
export async function runPhases(run: MemoryRun, stopAfter = Infinity): Promise<{ isDone: boolean; values: number[] }> {
  const model = await createModel({ frozen: 'base', adapter: LORA });
  let steps = 0;
  const isDone = await runSft({
    model,
    phases: PHASES,
    seed: 3,
    saveEvery: 100,
    run,
    onStep: () => void steps++,
    isInterrupted: () => steps >= stopAfter,
  });
  const values = [...model.values];
  model.dispose();
  return { isDone, values };
}

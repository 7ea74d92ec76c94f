/** The learning sanity of GRPO: a policy that seldom looks learns to (docs of the task: lookTask.ts). */
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { mixSeed } from '@agentiad/core/support/random.ts';
import { isRight } from '../../rewards/facts.ts';
import { paperPreset } from '../../rewards/paper.ts';
import type { GrpoSettings } from '../settings.ts';
import { GRPO_PRESETS } from '../settings.ts';
import { rollOutGroup } from '../rollout.ts';
import type { StepReport } from '../trainer.ts';
import { createGrpoTrainer } from '../trainer.ts';
import type { LookModel } from './lookModel.ts';
import { createLookModel, warmUp } from './lookModel.ts';
import { lookCases, lookDeps } from './lookTask.ts';

/** Success must come within so many steps. */
export const LOOK_STEPS = 24;

const SETTINGS: GrpoSettings = {
  ...GRPO_PRESETS.code,
  mode: 'pz',
  steps: LOOK_STEPS,
  groupSize: 8,
  groupsPerStep: 4,
  batchSize: 32,
  microBatch: 4,
  maxToolCalls: 2,
  maxNewTokens: 60,
  maxResampled: 4,
  truncated: 0,
  minDeviation: 0,
  shortage: 'smaller',
  sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
  reward: { preset: 'paper', ablations: ['no_curiosity'] },
  learningRate: 1.5e-3,
  warmup: 0,
  floor: 0.05,
};

const TEST_CASES = 64;
/** Share of right answers in a step's rollouts, which are sampled at temperature 1, from which training may end. */
const GOOD_RATE = 0.85;

export interface LookResult {
  /** Share of right answers on cases never trained on; greedy, as in every inspection. */
  readonly before: number;
  readonly after: number;
  readonly steps: number;
  /** Share of those episodes that looked. */
  readonly looksBefore: number;
  readonly looksAfter: number;
}

/** Trains until the rollouts of three steps running are mostly right, at most `LOOK_STEPS` steps. */
export async function runLookTask(seed: number, onStep: (report: StepReport) => void = () => {}): Promise<LookResult> {
  const model = await createLookModel(seed);
  try {
    await warmUp(model, seed);
    const first = await measure(model, seed);
    const trainer = createGrpoTrainer({
      model: model.training,
      backbone: model.backbone,
      deps: lookDeps(model.loaded),
      cases: lookCases(64, mixSeed('train', seed)),
      settings: SETTINGS,
      seed,
    });
    const rates: number[] = [];
    const isGood = () => rates.length >= 3 && rates.slice(-3).every((rate) => rate > GOOD_RATE);
    while (trainer.step < LOOK_STEPS && !isGood()) {
      const report = await trainer.next();
      onStep(report);
      rates.push(report.figures['accuracy'] ?? 0);
    }
    const last = await measure(model, seed);
    return {
      before: first.success,
      after: last.success,
      steps: trainer.step,
      looksBefore: first.looks,
      looksAfter: last.looks,
    };
  } finally {
    model.dispose();
  }
}

async function measure(model: LookModel, seed: number): Promise<{ success: number; looks: number }> {
  const { mode, maxToolCalls, maxNewTokens } = SETTINGS;
  const sampling = { temperature: 0, topP: 1, logProbabilities: 'raw' } as const;
  const limits = { ...DEFAULT_LIMITS, maxToolCalls, maxNewTokens };
  const settings = { mode, sampling, limits, groupSize: 1, truncated: 'mask', reward: paperPreset() } as const;
  let right = 0;
  let looked = 0;
  for (const [index, example] of lookCases(TEST_CASES, mixSeed('test', seed)).entries()) {
    const { rollouts } = await rollOutGroup(example, lookDeps(model.loaded), settings, mixSeed('measure', seed, index));
    const { facts } = rollouts[0]!;
    if (isRight(facts)) right++;
    if (facts.calls.length > 0) looked++;
  }
  return { success: right / TEST_CASES, looks: looked / TEST_CASES };
}

/** One GRPO run from its start, or from its last checkpoint, to its end, and what is kept of each step. */
import type { Checkpoint, CheckpointContents } from '../run/checkpoint.ts';
import type { MetricsRecord } from '../run/metrics.ts';
import type { Group } from './rollout.ts';
import type { GrpoTrainer, StepReport } from './trainer.ts';

export interface GrpoRunOptions {
  readonly trainer: GrpoTrainer;
  readonly steps: number;
  /** Steps between checkpoints. */
  readonly saveEvery: number;
  /** Where the run keeps itself. */
  readonly run: {
    metrics(record: MetricsRecord): Promise<void>;
    saveCheckpoint(step: number, contents: CheckpointContents): Promise<void>;
    lastCheckpoint(): Promise<Checkpoint | null>;
  };
  readonly onStep: (report: StepReport) => void;
  readonly say: (text: string) => void;
  /** Looked at after every step: true saves and stops. */
  readonly isInterrupted: () => boolean;
}

/** Returns whether the run came to its end. The last step is always in a checkpoint. */
export async function runGrpo(options: GrpoRunOptions): Promise<boolean> {
  const { trainer, steps, saveEvery, run, say } = options;
  const checkpoint = await run.lastCheckpoint();
  if (checkpoint) await trainer.restore(checkpoint);
  while (trainer.step < steps) {
    const report = await trainer.next();
    const { step, figures, isExhausted, groups } = report;
    await run.metrics({ step, ...figures, rewards: describeRewards(groups) });
    if (isExhausted) {
      const { zeroAdvantageGroups } = figures;
      say(`Step ${step}: resampling is used up; ${zeroAdvantageGroups} of ${groups.length} groups had no advantage.`);
    }
    for (const { trajectory, failure } of groups.flatMap(({ rollouts }) => rollouts)) {
      if (failure !== null) say(`Step ${step}: rollout ${trajectory.id} broke off and has no reward: ${failure}`);
    }
    options.onStep(report);
    const isStopped = options.isInterrupted() && step < steps;
    if (isStopped || step === steps || step % saveEvery === 0)
      await run.saveCheckpoint(step, await trainer.checkpoint());
    if (isStopped) return false;
  }
  return true;
}

/** Every component of every rollout's reward, as JSON: [rollout, components or null]. */
function describeRewards(groups: readonly Group[]): string {
  const rollouts = groups.flatMap((group) => group.rollouts);
  return JSON.stringify(rollouts.map(({ trajectory, reward }) => [trajectory.id, reward?.components ?? null]));
}

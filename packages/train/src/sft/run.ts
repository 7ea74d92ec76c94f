/** One fine-tuning from start, or from its last checkpoint, to end: its phases, what is kept of each step, and where. */
import type { MetricsRecord } from '../run/metrics.ts';
import type { Checkpoint, CheckpointContents } from '../run/checkpoint.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { fromCheckpoint, toCheckpoint } from './checkpoint.ts';
import type { SftProgress, SftSettings } from './train.ts';
import { trainSft } from './train.ts';

/** Part of a run with its own samples, schedule and optimiser. */
export interface Phase {
  readonly name: string;
  readonly samples: readonly Trajectory[];
  readonly settings: SftSettings;
}

/** Reading drills first, where the run wants some; then the demonstrations, with some of the drills among them. */
export function planPhases(
  settings: SftSettings,
  samples: readonly Trajectory[],
  drills: readonly Trajectory[],
): readonly Phase[] {
  const mixed = [...samples, ...drills.slice(0, settings.drills?.mixed ?? 0)];
  const last: Phase = { name: 'step', samples: mixed, settings };
  if (!settings.drills || settings.drills.steps === 0) return [last];
  return [{ name: 'drill', samples: drills, settings: { ...settings, ...settings.drills } }, last];
}

export interface SftRunOptions {
  readonly model: TrainingModel;
  readonly phases: readonly Phase[];
  readonly seed: number;
  /** Steps between checkpoints. */
  readonly saveEvery: number;
  /** Where the run keeps itself. */
  readonly run: {
    metrics(record: MetricsRecord): Promise<void>;
    saveCheckpoint(step: number, contents: CheckpointContents): Promise<void>;
    lastCheckpoint(): Promise<Checkpoint | null>;
  };
  readonly onStep: (done: number, phase: string, progress: SftProgress) => void;
  /** Looked at after every step: true saves and stops. */
  readonly isInterrupted: () => boolean;
}

/** Returns whether the run came to its end. The last step is always in a checkpoint. */
export async function runSft(options: SftRunOptions): Promise<boolean> {
  const { model, phases, run, saveEvery } = options;
  const checkpoint = await run.lastCheckpoint();
  const resumed = checkpoint ? fromCheckpoint(model, checkpoint) : null;
  let before = 0;
  for (const [index, { name, samples, settings }] of phases.entries()) {
    const first = before;
    before += settings.steps;
    if (resumed && index < resumed.phase) continue;
    let isStopped = false;
    await trainSft({
      model,
      trajectories: samples,
      settings,
      random: createRandom(options.seed),
      resume: resumed?.phase === index ? resumed.state : undefined,
      afterStep: async (progress, state) => {
        const done = first + progress.step;
        await run.metrics({ ...progress, phase: name, step: done });
        options.onStep(done, name, progress);
        const isPhaseEnd = progress.step === settings.steps;
        isStopped = options.isInterrupted() && !(isPhaseEnd && index === phases.length - 1);
        if (isStopped || isPhaseEnd || done % saveEvery === 0) {
          await run.saveCheckpoint(done, toCheckpoint(model, index, await state()));
        }
        return isStopped;
      },
    });
    if (isStopped) return false;
  }
  return true;
}

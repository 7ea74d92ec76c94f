/** What a run configuration asks for: its stages, each with work, memory and the share that is generation. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { RunConfig } from '../run/config.ts';
import type { StageKind } from './advice.ts';
import { memoryLevers } from './advice.ts';
import type { MemoryPart } from './memory.ts';
import { trainingMemory } from './memory.ts';
import type { SampleShape } from './shape.ts';
import { trainedSize } from './shape.ts';
import type { Work } from './work.ts';
import { forwardWork, scaled, trainingWork } from './work.ts';

export interface Stage {
  readonly kind: StageKind;
  /** What is trained: `all weights`, `all but the vision tower`, `LoRA`, `QLoRA`. */
  readonly method: string;
  readonly trainedValues: number;
  /** Samples or rollouts. */
  readonly samples: number;
  readonly steps: number;
  /** Of gradients and updates. */
  readonly training: Work;
  /** Of sampling rollouts and of their log-probabilities under old policy and reference. */
  readonly rollouts: Work | null;
  /** Tokens that the policy writes. */
  readonly generatedTokens: number;
  readonly memory: readonly MemoryPart[];
  /** What would make it smaller. */
  readonly levers: readonly string[];
}

export interface Samples {
  readonly typical: SampleShape;
  /** Of a micro-batch memory must hold. */
  readonly longest: SampleShape;
}

export function runStages(run: RunConfig, config: ModelConfig, samples: Samples): Stage[] {
  const grpo = grpoStage(run, config, samples);
  return [sftStage(run, config, samples), ...(grpo ? [grpo] : [])];
}

function sftStage({ sft }: RunConfig, config: ModelConfig, { typical, longest }: Samples): Stage {
  const { steps, batchSize, accumulation, drills } = sft;
  // Drills are shorter than demonstrations; they are counted as if they were not.
  const drillSamples = drills ? drills.steps * drills.batchSize : 0;
  const count = steps * batchSize * accumulation + drillSamples;
  return {
    kind: 'sft',
    method: methodOf(sft),
    trainedValues: trainedSize(config, sft),
    samples: count,
    steps: steps + (drills?.steps ?? 0),
    training: scaled(trainingWork(config, sft, typical), count),
    rollouts: null,
    generatedTokens: 0,
    memory: trainingMemory(config, sft, longest, batchSize, { accumulates: accumulation > 1 }),
    levers: memoryLevers('sft', sft, batchSize),
  };
}

/** Without groups that are sampled again because all their rewards were equal. */
function grpoStage({ grpo }: RunConfig, config: ModelConfig, { typical, longest }: Samples): Stage | null {
  if (!grpo) return null;
  const { steps, groupsPerStep, groupSize, innerEpochs, loss, microBatch } = grpo;
  const count = steps * groupsPerStep * groupSize;
  const forward = forwardWork(config, grpo, typical);
  const passes = 2 + (loss.klWeight > 0 ? 1 : 0); // sampled once, then read by the old policy and the reference
  return {
    kind: 'grpo',
    method: methodOf(grpo),
    trainedValues: trainedSize(config, grpo),
    samples: count,
    steps,
    training: scaled(trainingWork(config, grpo, typical), count * innerEpochs),
    rollouts: scaled(forward, count * passes),
    generatedTokens: count * typical.trained,
    memory: trainingMemory(config, grpo, longest, microBatch, { accumulates: true }),
    levers: memoryLevers('grpo', grpo, microBatch),
  };
}

function methodOf({ lora, base, frozen }: RunConfig['sft'] | NonNullable<RunConfig['grpo']>): string {
  if (lora) return base === 'q4' ? 'QLoRA' : 'LoRA';
  return frozen === 'vision' ? 'all but the vision tower' : 'all weights';
}

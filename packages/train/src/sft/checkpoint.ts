/** The state of a fine-tuning as the contents of a run's checkpoint, and back. */
import { assert } from '@agentiad/core/support/assert.ts';
import type { Float32Tensor } from '@agentiad/core/model/writeSafetensors.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { Checkpoint, CheckpointContents } from '../run/checkpoint.ts';
import type { BatchState } from './batches.ts';
import type { SftState } from './train.ts';

/** Moments of the optimiser, flat, in the order of the trained tensors. */
const FIRST = 'optimiser.first';
const SECOND = 'optimiser.second';

interface StoredState {
  readonly phase: number;
  readonly step: number;
  readonly updates: number;
  readonly random: readonly number[];
  readonly batches: BatchState;
}

/** Trained tensors under their own names, the moments, and the rest as JSON. `phase` counts the run's phases from 0. */
export function toCheckpoint(model: TrainingModel, phase: number, state: SftState): CheckpointContents {
  const { optimiser, step, random, batches } = state;
  const tensors = new Map<string, Float32Tensor>(
    model.spans.map(({ name, shape, from, to }) => [name, { shape, values: model.values.subarray(from, to) }]),
  );
  tensors.set(FIRST, { shape: [optimiser.first.length], values: optimiser.first });
  tensors.set(SECOND, { shape: [optimiser.second.length], values: optimiser.second });
  const stored: StoredState = { phase, step, updates: optimiser.step, random, batches };
  return { tensors, state: stored };
}

/** Puts the values of `checkpoint` into `model`; throws a UserError when it is of another model. */
export function fromCheckpoint(model: TrainingModel, checkpoint: Checkpoint): { phase: number; state: SftState } {
  const { tensors } = checkpoint;
  for (const { name, shape, from } of model.spans) {
    const found = tensors.get(name);
    if (found?.shape.join() !== shape.join()) throw otherModel(name, shape, found?.shape);
    model.values.set(found.values, from);
  }
  model.upload();
  const { phase, step, updates, random, batches } = checkpoint.state as StoredState;
  const [first, second] = [tensors.get(FIRST)?.values, tensors.get(SECOND)?.values];
  assert(first && second, 'a checkpoint of a fine-tuning without the moments of its optimiser');
  return { phase, state: { step, random, batches, optimiser: { step: updates, first, second } } };
}

function otherModel(name: string, wanted: readonly number[], found: readonly number[] | undefined): UserError {
  return new UserError({
    code: 'checkpoint-of-another-model',
    subject: `tensor ${name}`,
    reason: found
      ? `the checkpoint has it as [${found.join(', ')}], the model as [${wanted.join(', ')}].`
      : 'the checkpoint does not have it.',
    remedy: 'Resume with the configuration that the run was started with.',
  });
}

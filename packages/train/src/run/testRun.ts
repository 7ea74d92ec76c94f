/** A toy run for tests of resumption: every step draws from the random stream and changes all weights. */
import type { Random } from '@agentiad/core/support/random.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Run } from './runFolder.ts';
import { openRun } from './runFolder.ts';

const SEED = 5;

export interface ToyState {
  step: number;
  readonly weights: Float32Array;
  readonly random: Random;
}

export function startToy(size: number): ToyState {
  return { step: 0, weights: new Float32Array(size), random: createRandom(SEED) };
}

/** One step; returns its loss. */
export function advance(toy: ToyState): number {
  toy.step++;
  for (let i = 0; i < toy.weights.length; i++) toy.weights[i] = 0.9 * toy.weights[i]! + toy.random.next();
  return toy.weights[0]!;
}

/** Opens the run in `folder`, new or not, and takes up where its checkpoint ends. */
export async function resumeToy(folder: string, size: number): Promise<{ run: Run; toy: ToyState }> {
  const run = await openRun({ folder, command: 'sft', config: { name: 'toy', size }, resume: true });
  const toy = startToy(size);
  const found = await run.lastCheckpoint();
  if (found) {
    toy.step = found.step;
    toy.weights.set(found.tensors.get('weights')!.values);
    toy.random.restore((found.state as { random: number[] }).random);
  }
  return { run, toy };
}

export async function toyStep(run: Run, toy: ToyState): Promise<void> {
  await run.metrics({ step: toy.step + 1, loss: advance(toy) });
  const { step, weights, random } = toy;
  const tensors = new Map([['weights', { shape: [weights.length], values: weights }]]);
  await run.saveCheckpoint(step, { tensors, state: { random: random.state() } });
}

/** The state of a GRPO run as a checkpoint: numbers that must be exact are tensors, the rest is JSON. */
import { base64 } from '@scure/base';
import { assert } from '@agentiad/core/support/assert.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { AdamWState } from '../optim/adamw.ts';
import type { CheckpointContents } from '../run/checkpoint.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { ReplaySample } from './replayBuffer.ts';

export interface GrpoState {
  readonly step: number;
  readonly cursor: number;
  readonly random: readonly number[];
  /** All trained values, in the flat order of the model. */
  readonly values: Float32Array;
  readonly optimiser: AdamWState;
  readonly samples: readonly ReplaySample[];
}

interface StoredSample {
  readonly advantage: number;
  readonly hasReference: boolean;
  readonly trajectory: Omit<Trajectory, 'images' | 'logProbabilities'> & {
    readonly images: readonly { readonly width: number; readonly height: number; readonly rgb: string }[];
    /** NaN as null. */
    readonly logProbabilities: readonly (number | null)[] | null;
  };
}

interface StoredState {
  readonly step: number;
  readonly cursor: number;
  readonly random: readonly number[];
  readonly optimiserStep: number;
  readonly samples: readonly StoredSample[];
}

type Tensors = Map<string, { shape: readonly number[]; values: Float32Array }>;

export function packCheckpoint(state: GrpoState): CheckpointContents {
  const tensors: Tensors = new Map();
  const put = (name: string, values: Float32Array) => tensors.set(name, { shape: [values.length], values });
  put('values', state.values.slice());
  put('adamw.first', state.optimiser.first);
  put('adamw.second', state.optimiser.second);
  state.samples.forEach(({ old, reference }, index) => {
    put(`samples.${index}.old`, old);
    if (reference) put(`samples.${index}.reference`, reference);
  });
  const stored: StoredState = {
    step: state.step,
    cursor: state.cursor,
    random: state.random,
    optimiserStep: state.optimiser.step,
    samples: state.samples.map(storeSample),
  };
  return { tensors, state: stored };
}

export function unpackCheckpoint({ tensors, state }: CheckpointContents): GrpoState {
  const { step, cursor, random, optimiserStep, samples } = state as StoredState;
  const get = (name: string) => {
    const tensor = tensors.get(name);
    assert(tensor, `the checkpoint has no ${name}`);
    return tensor.values;
  };
  return {
    step,
    cursor,
    random,
    values: get('values'),
    optimiser: { step: optimiserStep, first: get('adamw.first'), second: get('adamw.second') },
    samples: samples.map(({ advantage, hasReference, trajectory }, index) => ({
      advantage,
      old: get(`samples.${index}.old`),
      reference: hasReference ? get(`samples.${index}.reference`) : null,
      trajectory: restoreTrajectory(trajectory),
    })),
  };
}

/** Throws a UserError for the state of a model with another number of trained values. */
export function checkFits({ step, values }: GrpoState, trained: number): void {
  if (values.length === trained) return;
  throw new UserError({
    code: 'another-run',
    subject: `The checkpoint of step ${step}`,
    reason: `is of another run: it has ${values.length} trained values, this run ${trained}.`,
    remedy: 'Put the checkpoints of this run back, or start it anew under another name.',
  });
}

function storeSample({ advantage, reference, trajectory }: ReplaySample): StoredSample {
  const { images, logProbabilities, ...rest } = trajectory;
  return {
    advantage,
    hasReference: reference !== null,
    trajectory: {
      ...rest,
      images: images.map(({ width, height, data }) => ({ width, height, rgb: base64.encode(Uint8Array.from(data)) })),
      logProbabilities: logProbabilities?.map((value) => (Number.isNaN(value) ? null : value)) ?? null,
    },
  };
}

function restoreTrajectory({ images, logProbabilities, ...rest }: StoredSample['trajectory']): Trajectory {
  return {
    ...rest,
    images: images.map(({ width, height, rgb }) => ({ width, height, data: base64.decode(rgb) })),
    ...(logProbabilities ? { logProbabilities: logProbabilities.map((value) => value ?? NaN) } : {}),
  };
}

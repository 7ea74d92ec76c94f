/** How long the samples of a run are: measured on the demonstrations that were built for it, or assumed. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { RunConfig } from '../run/config.ts';
import { maskedPositions } from '../sft/mask.ts';
import { readTrajectories } from '../trajectories/store.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { SampleShape } from './shape.ts';
import type { Samples } from './stages.ts';

/** A demonstration of the paper: about so many tokens, a tenth of them trained (training.md §2.4). */
const ASSUMED_TOKENS = 4096;
const TRAINED_SHARE = 0.1;
/** Images of such a sample (the part, a crop, an exemplar), and their share of its tokens. */
const IMAGES = 3;
const IMAGE_SHARE = 0.6;

export interface MeasuredSamples extends Samples {
  /** Where the lengths are from. */
  readonly source: string;
}

/** `tokens`: length given by the user. Reads the first part of the run's demonstrations where there are some. */
export async function sampleShapes(
  run: RunConfig,
  config: ModelConfig,
  tokens: number | null,
): Promise<MeasuredSamples> {
  if (tokens !== null) return { ...assumed(config, tokens), source: `${tokens} tokens a sample, as given` };
  const trajectories = await firstTrajectories(path.join(run.work, 'trajectories'));
  if (trajectories.length === 0) {
    return {
      ...assumed(config, ASSUMED_TOKENS),
      source: `no demonstrations built yet: ${ASSUMED_TOKENS} tokens a sample assumed (give --tokens)`,
    };
  }
  return { ...measured(run, config, trajectories), source: `lengths of ${trajectories.length} demonstrations` };
}

/** Of the first part that has any. */
async function firstTrajectories(root: string): Promise<readonly Trajectory[]> {
  for (const part of (await readdir(root).catch(() => [])).toSorted()) {
    const trajectories = await readTrajectories(path.join(root, part));
    if (trajectories.length > 0) return trajectories;
  }
  return [];
}

function assumed(config: ModelConfig, tokens: number): Samples {
  const { mergeSize } = config.vision;
  const side = Math.max(1, Math.round(Math.sqrt((tokens * IMAGE_SHARE) / IMAGES)));
  const grids = Array.from({ length: IMAGES }, () => ({ height: side * mergeSize, width: side * mergeSize }));
  const shape = { tokens, trained: Math.round(tokens * TRAINED_SHARE), grids };
  return { typical: shape, longest: shape };
}

function measured(run: RunConfig, config: ModelConfig, trajectories: readonly Trajectory[]): Samples {
  const shapes = trajectories.map((trajectory): SampleShape => {
    const { patchSize } = config.vision;
    const grids = trajectory.images.map(({ width, height }) => {
      return { height: height / patchSize, width: width / patchSize };
    });
    const trained = maskedPositions(trajectory, run.sft.mask).length;
    return { tokens: trajectory.ids.length, trained, grids };
  });
  const mean = (of: (shape: SampleShape) => number) =>
    Math.round(shapes.reduce((sum, shape) => sum + of(shape), 0) / shapes.length);
  const byLength = shapes.toSorted((a, b) => a.tokens - b.tokens);
  const middle = byLength[Math.floor(byLength.length / 2)]!;
  const typical = {
    tokens: mean(({ tokens }) => tokens),
    trained: mean(({ trained }) => trained),
    grids: middle.grids,
  };
  return { typical, longest: byLength.at(-1)! };
}

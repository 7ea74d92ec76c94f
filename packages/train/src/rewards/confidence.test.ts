import { beforeAll, describe, expect, it } from 'vitest';
import { patchify } from '@agentiad/core/image/process.ts';
import { findValueTokens } from '@agentiad/core/agent/score.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { LookModel } from '../grpo/toy/lookModel.ts';
import { createLookModel } from '../grpo/toy/lookModel.ts';
import { demonstrateLook, lookCases } from '../grpo/toy/lookTask.ts';
import { tokenLogProbabilities } from '../grpo/update.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { confidenceGain } from './confidence.ts';

let model: LookModel;
let looked: Trajectory;
let guessed: Trajectory;

beforeAll(async () => {
  await useTestBackend('wasm');
  model = await createLookModel(1);
  // The bad one of the first four.
  const example = lookCases(4, 2).find(({ label }) => label === 'anomalous')!;
  looked = await demonstrateLook(example, model.loaded, true);
  guessed = await demonstrateLook(example, model.loaded, false);
  return () => model.dispose();
});

const imagesOf = ({ images }: Trajectory) => images.map((image) => patchify(image, model.training.processor));

describe('confidenceGain', () => {
  it('is the margin of the value token with what the tools showed, less the margin without it', async () => {
    const gain = await confidenceGain(model.backbone, {
      record: looked,
      images: imagesOf(looked),
      saysAnomalous: true,
    });

    // The same from the trainer: both words at that place, after both histories.
    const { trueIds, falseIds } = findValueTokens(model.backbone.tokenizer);
    const start = looked.segments.at(-1)!.from;
    const opening = looked.segments.find(({ kind }) => kind === 'model')!.from;
    const at = looked.ids.findIndex((id, position) => position >= start && trueIds.includes(id));
    const marginOf = async (before: readonly number[], images: Trajectory['images']) => {
      const words = [trueIds, falseIds].map((group) =>
        group.map((id): Trajectory => {
          const ids = [...before, ...looked.ids.slice(start, at), id];
          return {
            ...looked,
            ids,
            images,
            segments: [{ from: ids.length - 1, to: ids.length, kind: 'model', turn: 2 }],
          };
        }),
      );
      const [yes, no] = await Promise.all(
        words.map(async (group) => {
          const found = await tokenLogProbabilities(model.training, group, { microBatch: 1, temperature: 1 });
          return Math.log(found.reduce((sum, own) => sum + Math.exp(own[0]!), 0));
        }),
      );
      return yes! - no!;
    };
    const withTools = await marginOf(looked.ids.slice(0, start), looked.images);
    const without = await marginOf(looked.ids.slice(0, opening), looked.images.slice(0, 1));
    expect(gain).toBeCloseTo(withTools - without, 3);
    expect(Math.abs(gain!)).toBeGreaterThan(1e-3);

    const other = await confidenceGain(model.backbone, {
      record: looked,
      images: imagesOf(looked),
      saysAnomalous: false,
    });
    expect(other).toBeCloseTo(-gain!, 6);
  });

  it('is null where no tool showed anything', async () => {
    const rollout = { record: guessed, images: imagesOf(guessed), saysAnomalous: false };
    expect(await confidenceGain(model.backbone, rollout)).toBeNull();
  });
});

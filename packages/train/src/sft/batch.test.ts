import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { patchify } from '@agentiad/core/image/process.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { disposeParams, loadParams } from '@agentiad/core/model/params.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from '../trajectories/testCase.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import { buildBatch } from './batch.ts';
import { sftLoss } from './objective.ts';

const { config } = tinyModel.backbone;
const { processor } = tinyModel;
const imagesOf = ({ images }: Trajectory) => images.map((image) => patchify(image, processor));

const long = (await demonstrateCase(makeCase(), 'pz+cr')).trajectory;
const short = (await demonstrateCase(makeCase(GOOD), 'cot')).trajectory;
const batch = buildBatch([long, short], config, processor, 'all-assistant');
const width = batch.ids.length / 2;

describe('buildBatch', () => {
  it('pads to a bucket on the right, as wide as the longest needs', () => {
    expect(width % 32).toBe(0);
    expect(width - long.ids.length).toBeLessThan(32);
    expect(batch.lengths).toEqual([long.ids.length, short.ids.length]);
    expect([...batch.ids.subarray(0, long.ids.length)]).toEqual(long.ids);
    expect([...batch.ids.subarray(width, width + short.ids.length)]).toEqual(short.ids);
    expect(new Set(batch.ids.subarray(width + short.ids.length))).toEqual(new Set([0]));
  });

  it('predicts each trained token from the place before it, in its own row', () => {
    const wanted = [long, short].flatMap(({ ids, segments }, row) =>
      trainedPositions(segments, 'all-assistant').map((t) => [row * width + t - 1, ids[t]]),
    );
    expect([...batch.predictFrom].map((from, i) => [from, batch.targets[i]])).toEqual(wanted);
    batch.predictFrom.forEach((from, i) => expect(batch.ids[from + 1]).toBe(batch.targets[i]));
  });

  it('never predicts an image, nor anything in the padding', () => {
    expect([...batch.targets]).not.toContain(config.special.image);
    for (const from of batch.predictFrom) {
      const row = Math.floor(from / width);
      expect(from - row * width + 1).toBeLessThan(batch.lengths[row]!);
    }
  });

  it('places one image token per merged patch, in the order of the embeddings', () => {
    const tokens = batch.grids.reduce((sum, { height, width: columns }) => sum + (height * columns) / 4, 0);
    expect(batch.imagePositions).toHaveLength(tokens);
    expect([...batch.imagePositions]).toEqual([...batch.imagePositions].sort((a, b) => a - b));
    for (const place of batch.imagePositions) expect(batch.ids[place]).toBe(config.special.image);
    const pixels = [long, short].flatMap(imagesOf).map(({ pixelValues }) => pixelValues);
    expect(batch.pixelValues).toHaveLength(pixels.reduce((sum, { length }) => sum + length, 0));
    expect(batch.pixelValues.subarray(0, pixels[0]!.length)).toEqual(pixels[0]);
  });

  it('gives every row the positions it would have alone', () => {
    [long, short].forEach((trajectory, row) => {
      const grids = imagesOf(trajectory).map(({ grid }) => grid);
      const { ids: positions } = mropePositions(trajectory.ids, grids, config);
      const count = trajectory.ids.length;
      for (let axis = 0; axis < 3; axis++) {
        const from = (axis * 2 + row) * width;
        expect(batch.positionIds.subarray(from, from + count)).toEqual(
          positions.subarray(axis * count, (axis + 1) * count),
        );
      }
    });
  });
});

describe('training and inference', () => {
  beforeAll(() => useTestBackend('wasm'));

  it('see the same model: the loss is the negative log-likelihood that a session reads turn by turn', async () => {
    const weights = createRandomWeights(config, 3);
    const params = await loadParams(config, weights);
    const loss = sftLoss(params, config, buildBatch([long], config, processor, 'all-assistant'));
    const trained = (await loss.data())[0]!;
    loss.dispose();
    disposeParams(params);

    const backbone = await createBackbone({ ...tinyModel.backbone, weights });
    const session = backbone.createSession();
    const everyId = Array.from({ length: config.text.vocabSize }, (_, id) => id);
    const images = imagesOf(long);
    const likelihoods: number[] = [];
    let prompt: number[] = [];
    for (const { from, to, kind } of long.segments) {
      const ids = long.ids.slice(from, to);
      if (kind !== 'model') {
        prompt.push(...ids);
        continue;
      }
      // An image is one run of ids.
      const runs = prompt.filter((id, t) => id === config.special.image && prompt[t - 1] !== id).length;
      await session.prefill(prompt, images.splice(0, runs));
      prompt = [];
      const { readings } = await session.generate({
        maxNewTokens: ids.length,
        sampler: greedy,
        stopIds: [],
        mask: (done) => [ids[done.length]!],
        watch: { ids: everyId, at: () => true },
      });
      readings.forEach(({ logits }, index) => likelihoods.push(logSoftmax(logits, ids[index]!)));
    }
    session.dispose();
    backbone.dispose();
    expect(likelihoods).toHaveLength(trainedPositions(long.segments, 'all-assistant').length);
    const mean = likelihoods.reduce((sum, value) => sum + value, 0) / likelihoods.length;
    expect(-mean).toBeCloseTo(trained, 3);
    expect(trained).toBeGreaterThan(Math.log(config.text.vocabSize) / 2);
  });

  it('padding and company change no loss: a batch is the mean weighed by trained tokens', async () => {
    const before = tf.memory().numTensors;
    const params = await loadParams(config, createRandomWeights(config, 3));
    const lossOf = async (trajectories: readonly Trajectory[]) => {
      const own = buildBatch(trajectories, config, processor, 'last-two');
      const loss = sftLoss(params, config, own);
      const value = (await loss.data())[0]!;
      loss.dispose();
      return { value, tokens: own.targets.length };
    };
    const [a, b, both] = [await lossOf([long]), await lossOf([short]), await lossOf([long, short])];
    expect(both.tokens).toBe(a.tokens + b.tokens);
    expect(both.value).toBeCloseTo((a.value * a.tokens + b.value * b.tokens) / both.tokens, 4);
    disposeParams(params);
    expect(tf.memory().numTensors).toBe(before);
  });
});

function logSoftmax(logits: readonly number[], id: number): number {
  const top = Math.max(...logits);
  return logits[id]! - top - Math.log(logits.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

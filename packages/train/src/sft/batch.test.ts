import { beforeAll, describe, expect, it } from 'vitest';
import { patchify } from '@agentiad/core/image/process.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from '../trajectories/testCase.ts';
import { addGradient, gradients, logProbabilities, zeroGradient } from '../nn/gradients.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import type { SftBatch } from './batch.ts';
import { bucketWidth, buildBatch } from './batch.ts';
import { negativeLogLikelihood } from './objective.ts';
import { accumulate } from './train.ts';

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

  it('S2: predicts each trained token from the place before it, the first of a turn from its header', () => {
    const wanted = [long, short].flatMap(({ ids, segments }, row) =>
      trainedPositions(segments, 'all-assistant').map((t) => [row * width + t - 1, ids[t]]),
    );
    expect([...batch.predictFrom].map((from, i) => [from, batch.targets[i]])).toEqual(wanted);
    batch.predictFrom.forEach((from, i) => expect(batch.ids[from + 1]).toBe(batch.targets[i]));
    const header = tinyModel.backbone.tokenizer.encode('<|im_start|>assistant\n');
    const first = batch.predictFrom[0]!;
    expect([...batch.ids.subarray(first + 1 - header.length, first + 1)]).toEqual(header);
  });

  it('has few widths: one every 32 tokens, 128 from 512 on, 512 from 2048 on', () => {
    expect([1, 32, 33, 512, 513, 2048, 2049, 4096].map(bucketWidth)).toEqual([32, 32, 64, 512, 640, 2048, 2560, 4096]);
  });

  it('S4: never predicts an image, nor anything in the padding', () => {
    expect([...batch.targets]).not.toContain(config.special.image);
    for (const from of batch.predictFrom) {
      const row = Math.floor(from / width);
      expect(from - row * width + 1).toBeLessThan(batch.lengths[row]!);
    }
  });

  it('S5: places one image token per merged patch, in the order of the embeddings', () => {
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

const weights = createRandomWeights(config, 3);
const createModel = () => createTrainingModel({ config, processor, weights, frozen: 'vision', recompute: false });
const meanLoss = (values: Float32Array) => -values.reduce((sum, value) => sum + value, 0) / values.length;

describe('training and inference', () => {
  beforeAll(() => useTestBackend('wasm'));

  it('see the same model: the loss is the negative log-likelihood that a session reads turn by turn', async () => {
    const model = await createModel();
    const trained = meanLoss(await logProbabilities(model, buildBatch([long], config, processor, 'all-assistant')));
    model.dispose();

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

  it('S7: padding and company change nothing: a batch is the mean of its samples weighed by trained tokens', async () => {
    const model = await createModel();
    const lossOf = async (own: SftBatch) => meanLoss(await logProbabilities(model, own));
    const alone = [long, short].map((one) => buildBatch([one], config, processor, 'last-two'));
    const both = buildBatch([long, short], config, processor, 'last-two');
    const [a, b] = [await lossOf(alone[0]!), await lossOf(alone[1]!)];
    const [n, m] = alone.map(({ targets }) => targets.length) as [number, number];
    expect(both.targets).toHaveLength(n + m);
    expect(await lossOf(both)).toBeCloseTo((a * n + b * m) / (n + m), 5);
    const wider = buildBatch([long], config, processor, 'last-two', alone[0]!.ids.length + 96);
    expect(await lossOf(wider)).toBeCloseTo(a, 5);
    model.dispose();
  });

  it('S7: micro-batches add up to the gradient of one batch, every trained token counting the same', async () => {
    const model = await createModel();
    const add = async (micro: readonly (readonly Trajectory[])[]) => {
      const sum = zeroGradient(model);
      const added = await accumulate(model, micro, 'last-two', {
        async add(...own) {
          const { gradient, ...rest } = await gradients(model, ...own);
          addGradient(sum, gradient);
          return rest;
        },
      });
      return { ...added, gradient: sum.values };
    };
    const [whole, parts] = [await add([[long, short]]), await add([[long], [short]])];
    expect(parts.tokens).toBe(whole.tokens);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    const largest = whole.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = whole.gradient.map((value, i) => Math.abs(value - parts.gradient[i]!));
    expect(Math.max(...difference) / largest).toBeLessThan(1e-4);
    model.dispose();
  });

  it('S12: the label of a token that is not trained does not count, that of a trained one does', async () => {
    const model = await createModel();
    const own = buildBatch([short], config, processor, 'last-two');
    const { loss } = await gradients(model, own, negativeLogLikelihood(own.targets.length));
    const changed = { ...own, targets: own.targets.with(0, (own.targets[0]! + 1) % config.text.vocabSize) };
    expect((await gradients(model, changed, negativeLogLikelihood(own.targets.length))).loss).not.toBeCloseTo(loss, 6);
    // The last token of the sample is seen by nothing: as a label alone it would count, were it not masked.
    const masked = (one: Trajectory) => trainedPositions(one.segments, 'last-two').slice(0, -1);
    const other = { ...short, ids: short.ids.with(-1, 5) };
    const [kept, replaced] = [short, other].map((one) => buildBatch([one], config, processor, masked));
    const values = await logProbabilities(model, kept!);
    expect([...(await logProbabilities(model, replaced!))]).toEqual([...values]);
    model.dispose();
  });
});

function logSoftmax(logits: readonly number[], id: number): number {
  const top = Math.max(...logits);
  return logits[id]! - top - Math.log(logits.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

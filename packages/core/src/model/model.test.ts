import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProcessedImage } from '../image/processor.ts';
import { createRandom } from '../support/random.ts';
import { UserError } from '../support/userError.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Backbone, GenerateOptions } from './backbone.ts';
import { imageIds, type ModelConfig } from './config.ts';
import { embedForInference, headLogits, languageHidden } from './language.ts';
import { createBackbone } from './model.ts';
import { disposeParams, loadParams } from './params.ts';
import { mropePositions } from './positions.ts';
import { createRandomWeights } from './randomWeights.ts';
import { createNucleusSampler, greedy } from './sampler.ts';
import { testBackends, useTestBackend } from './testBackend.ts';
import { tinyConfig } from './tinyConfig.ts';
import { visionEmbeds } from './vision.ts';
import type { WeightSource } from './weightSource.ts';

const noTokenizer: Tokenizer = {
  vocabSize: 40,
  encode: () => [],
  decode: () => '',
  idOf: () => null,
  textOf: () => null,
};
const card = {
  id: 'tiny',
  name: 'tiny',
  sha256: '',
  scheme: 'f32',
  trainedOn: 'nothing: random weights',
  licence: 'MIT',
  commercialUse: 'yes',
  tuned: false,
} as const;

function openBackbone(config: ModelConfig, weights = createRandomWeights(config, 5)) {
  return createBackbone({ config, weights, tokenizer: noTokenizer, card });
}

function image(config: ModelConfig, height: number, width: number, seed: number): ProcessedImage {
  const random = createRandom(seed);
  const size = height * width * config.vision.patchDim;
  const pixelValues = Float32Array.from({ length: size }, () => random.normal());
  return { pixelValues, grid: { height, width }, sha256: `image ${seed}` };
}

const runOf = (config: ModelConfig, { grid }: ProcessedImage) =>
  Array.from({ length: (grid.height * grid.width) / 4 }, () => config.special.image);

const generation = (changes: Partial<GenerateOptions> = {}): GenerateOptions => ({
  maxNewTokens: 6,
  sampler: greedy,
  stopIds: [],
  ...changes,
});

const everyId = Array.from({ length: 40 }, (_, id) => id);

/** Raw logits of every generated token, read through `watch`. */
async function logitsOf(backbone: Backbone, turns: { ids: number[]; images: ProcessedImage[] }[], forced: number[]) {
  const session = backbone.createSession();
  for (const { ids, images } of turns) await session.prefill(ids, images);
  const { readings } = await session.generate(
    generation({
      maxNewTokens: forced.length,
      mask: (done) => [forced[done.length]!],
      watch: { ids: everyId, at: () => true },
    }),
  );
  session.dispose();
  return readings.map((reading) => reading.logits);
}

function worst(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));
}

describe.each(testBackends)('backbone on %s', (backend) => {
  const config = tinyConfig();
  const part = image(config, 8, 12, 1);
  const crop = image(config, 4, 4, 2);
  const question = [3, 4, ...runOf(config, part), 5, 6];
  const answer = [7, 8, 9];
  const observation = [10, ...runOf(config, crop), 11];

  beforeAll(() => useTestBackend(backend));

  it('decodes with its cache what one full forward pass gives, over turns and images', async () => {
    const params = await loadParams(config, createRandomWeights(config, 5));
    const all = [...question, ...observation, ...answer];
    const full = tf.tidy(() => {
      const grids = [part.grid, crop.grid];
      const values = Float32Array.from([...part.pixelValues, ...crop.pixelValues]);
      const positions = Int32Array.from(all.keys()).filter((t) => all[t] === config.special.image);
      const hidden = languageHidden(params, config, {
        ids: Int32Array.from(all),
        positionIds: mropePositions(all, grids, config).ids,
        lengths: [all.length],
        visual: { embeds: visionEmbeds(params, config, values, grids), positions },
      });
      return headLogits(params, config, hidden).arraySync() as number[][];
    });
    disposeParams(params);
    const backbone = await openBackbone(config);
    const turns = [
      { ids: question, images: [part] },
      { ids: observation, images: [crop] },
    ];
    const first = all.length - answer.length - 1;
    const stepwise = await logitsOf(backbone, turns, answer);
    expect(worst(stepwise, full.slice(first, first + answer.length))).toBeLessThan(1e-5);
    const oneTurn = [{ ids: [...question, ...observation], images: [part, crop] }];
    expect(worst(await logitsOf(backbone, oneTurn, answer), stepwise)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  it('gives the same for a prompt longer than one chunk and one buffer as for its pieces', async () => {
    const backbone = await openBackbone(config);
    const long = Array.from({ length: 300 }, (_, t) => (t * 7) % 30);
    const whole = await logitsOf(backbone, [{ ids: long, images: [] }], answer);
    const pieces = [
      { ids: long.slice(0, 199), images: [] },
      { ids: long.slice(199, 200), images: [] },
      { ids: long.slice(200), images: [] },
    ];
    expect(worst(await logitsOf(backbone, pieces, answer), whole)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  it('keeps generated ids in the sequence, the last one too', async () => {
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await session.prefill(question, [part]);
    const { ids } = await session.generate(generation());
    expect(session.length).toBe(question.length + 6);
    await session.prefill([12], []);
    expect(session.length).toBe(question.length + 7);
    const next = await session.generate(generation({ maxNewTokens: 1, watch: { ids: everyId, at: () => true } }));
    session.dispose();
    const replay = await logitsOf(backbone, [{ ids: [...question, ...ids, 12], images: [part] }], [0]);
    expect(worst([next.readings[0]!.logits], replay)).toBeLessThan(1e-5);
    backbone.dispose();
  });

  it('leaves no tensors behind', async () => {
    const empty = tf.memory().numTensors;
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await session.prefill(question, [part]);
    session.dispose();
    const before = tf.memory().numTensors; // weights and one kept image
    const again = backbone.createSession();
    await again.prefill(question, [part]);
    await again.generate(generation({ maxNewTokens: 3 }));
    await again.prefill([1, 2], []);
    await again.generate(generation({ maxNewTokens: 3 }));
    again.dispose();
    expect(tf.memory().numTensors).toBe(before);
    backbone.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });

  it('encodes an image once', async () => {
    const backbone = await openBackbone(config);
    let reads = 0;
    const counted: ProcessedImage = {
      ...part,
      get pixelValues() {
        reads++;
        return part.pixelValues;
      },
    };
    for (let round = 0; round < 2; round++) {
      const session = backbone.createSession();
      await session.prefill(question, [counted]);
      session.dispose();
    }
    expect(reads).toBe(1);
    backbone.dispose();
  });

  it('never samples image ids and honours the mask', async () => {
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await session.prefill([1, 2, 3], []);
    const hot = createNucleusSampler({ temperature: 100, topP: 1, random: createRandom(1) });
    const free = await session.generate(generation({ maxNewTokens: 80, sampler: hot }));
    expect(free.ids.filter((id) => imageIds(config).includes(id))).toEqual([]);
    expect(new Set(free.ids).size).toBeGreaterThan(20);
    const allowed = [4, 17, config.special.image];
    const masked = await session.generate(generation({ maxNewTokens: 20, sampler: hot, mask: () => allowed }));
    expect(new Set(masked.ids)).toEqual(new Set([4, 17]));
    session.dispose();
    backbone.dispose();
  });

  it('stops at a stop id, at the length and at an abort between tokens, and keeps what there is', async () => {
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await session.prefill(question, [part]);
    const stopped = await session.generate(generation({ mask: (done) => [20 + done.length], stopIds: [22] }));
    expect(stopped).toMatchObject({ ids: [20, 21, 22], stopReason: 'stop' });
    expect((await session.generate(generation({ maxNewTokens: 2 }))).stopReason).toBe('length');
    const signal = { aborted: false };
    const onToken = (id: number) => {
      signal.aborted = id === 23;
    };
    const aborted = await session.generate(generation({ mask: (done) => [22 + done.length], onToken, signal }));
    expect(aborted).toMatchObject({ ids: [22, 23], stopReason: 'aborted' });
    session.dispose();
    backbone.dispose();
  });

  it('reads raw logits of watched ids, at the tokens asked for', async () => {
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await session.prefill([1, 2, 3], []);
    const { ids, readings } = await session.generate(
      generation({ mask: () => [5, 6], watch: { ids: [5, 6], at: (done) => done.length === 2 } }),
    );
    expect(readings).toHaveLength(1);
    expect(readings[0]!.index).toBe(2);
    expect(ids[2]).toBe(readings[0]!.logits[0]! >= readings[0]!.logits[1]! ? 5 : 6);
    session.dispose();
    backbone.dispose();
  });

  it('says which tensor is missing or misshapen, and frees what was loaded', async () => {
    const before = tf.memory().numTensors;
    const whole = createRandomWeights(config, 1);
    const without: WeightSource = {
      ...whole,
      tensors: new Map([...whole.tensors].filter(([name]) => name !== 'model.norm.weight')),
    };
    await expect(openBackbone(config, without)).rejects.toThrow(UserError);
    await expect(openBackbone(config, without)).rejects.toThrow(/model\.norm\.weight/);
    const other = createRandomWeights(tinyConfig({ vocab_size: 50 }), 1);
    await expect(openBackbone(config, other)).rejects.toThrow(/\[50, 32\].*\[40, 32\]/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses images and ids that do not agree', async () => {
    const backbone = await openBackbone(config);
    const session = backbone.createSession();
    await expect(session.prefill(question, [])).rejects.toThrow(/image runs/);
    await expect(session.prefill([1], [part])).rejects.toThrow(/1 images given/);
    await session.prefill(question, [part]);
    expect(session.length).toBe(question.length);
    session.dispose();
    backbone.dispose();
  });

  it('refuses a sequence longer than the model takes', async () => {
    const backbone = await openBackbone(tinyConfig({ max_position_embeddings: 16 }));
    const session = backbone.createSession();
    await expect(session.prefill(new Array<number>(17).fill(1), [])).rejects.toThrow(UserError);
    session.dispose();
    backbone.dispose();
  });

  it('works with embedding and head tables in row blocks', async () => {
    const untied = tinyConfig({ tie_word_embeddings: false });
    const weights = createRandomWeights(untied, 2);
    const ids = Int32Array.from([0, 39, 12, 13, 12, 25]);
    const logits = async (maxTensorBytes?: number) => {
      const params = await loadParams(untied, weights, { maxTensorBytes });
      const values = tf.tidy(() => {
        return headLogits(params, untied, embedForInference(params, ids, null)).arraySync() as number[][];
      });
      disposeParams(params);
      return values;
    };
    expect(worst(await logits(13 * 32 * 4), await logits())).toBeLessThan(1e-6);
  });
});

/** Sessions that go through the model together against sessions one after the other, and against one full pass. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProcessedImage } from '../image/processor.ts';
import { createRandom } from '../support/random.ts';
import type { Session } from './backbone.ts';
import type { LaneParts } from './lanes.ts';
import { headLogits, languageHidden } from './language.ts';
import { loadParams } from './params.ts';
import { mropePositions } from './positions.ts';
import { createRandomWeights } from './randomWeights.ts';
import type { Sampler } from './sampler.ts';
import { createNucleusSampler, greedy } from './sampler.ts';
import { createSession, createSessions } from './session.ts';
import { testBackends, useTestBackend } from './testBackend.ts';
import { tinyConfig } from './tinyConfig.ts';
import { visionEmbeds } from './vision.ts';

const config = tinyConfig();
const everyId = Array.from({ length: config.text.vocabSize }, (_, id) => id);
const MEMBERS = 4;

function image(height: number, width: number, seed: number): ProcessedImage {
  const random = createRandom(seed);
  const size = height * width * config.vision.patchDim;
  const pixelValues = Float32Array.from({ length: size }, () => random.normal());
  return { pixelValues, grid: { height, width }, sha256: `image ${seed}` };
}

const runOf = ({ grid }: ProcessedImage) =>
  Array.from({ length: (grid.height * grid.width) / 4 }, () => config.special.image);

const part = image(8, 12, 1);
const prompt = [3, 4, ...runOf(part), 5, 6];
const crops = [image(4, 4, 2), image(4, 8, 3), image(4, 4, 2), image(8, 8, 4)];

interface Told {
  /** Everything the session holds, in order. */
  readonly ids: number[];
  readonly images: ProcessedImage[];
  /** Raw logits of all ids before each generated one, and where that stands. */
  readonly logits: (readonly number[])[];
  readonly places: number[];
}

/** One member's conversation: turns of different lengths, an image of its own between them, a different end. */
async function talk(session: Session, member: number, sampler: Sampler): Promise<Told> {
  const told: Told = { ids: [], images: [], logits: [], places: [] };
  const feed = async (ids: readonly number[], images: readonly ProcessedImage[]) => {
    await session.prefill(ids, images);
    told.ids.push(...ids);
    told.images.push(...images);
  };
  const say = async (maxNewTokens: number) => {
    const watch = { ids: everyId, at: () => true };
    const { ids, readings } = await session.generate({ maxNewTokens, sampler, stopIds: [], watch });
    readings.forEach(({ index, logits }) => {
      told.places.push(told.ids.length + index);
      told.logits.push(logits);
    });
    told.ids.push(...ids);
  };
  await feed(prompt, [part]);
  await say(3 + 2 * member);
  if (member !== 2) await feed([7, ...runOf(crops[member]!), 8], [crops[member]!]);
  await say(6 - member);
  session.dispose();
  return told;
}

const samplers: Record<string, (member: number) => Sampler> = {
  greedy: () => greedy,
  sampled: (member) => createNucleusSampler({ temperature: 1.5, topP: 0.95, random: createRandom(member) }),
};

describe.each(testBackends)('sessions that share their work on %s', (backend) => {
  let parts: LaneParts;
  let prefilled: number;

  beforeAll(async () => {
    await useTestBackend(backend);
    const params = await loadParams(config, createRandomWeights(config, 5));
    const embedImage = ({ pixelValues, grid, sha256 }: ProcessedImage) => {
      if (sha256 === part.sha256) prefilled++;
      return visionEmbeds(params, config, pixelValues, [grid]);
    };
    parts = { config, params, embedImage, pause: () => Promise.resolve() };
  });

  it.each(Object.keys(samplers))('draw the ids that each would draw alone: %s', async (kind) => {
    const samplerOf = samplers[kind]!;
    prefilled = 0;
    const together = await Promise.all(
      createSessions(parts, MEMBERS).map((session, member) => talk(session, member, samplerOf(member))),
    );
    expect(prefilled).toBe(1); // the prompt of the group
    for (const [member, told] of together.entries()) {
      const alone = await talk(createSession(parts), member, samplerOf(member));
      expect(told.ids).toEqual(alone.ids);
      // The cpu backend adds up in one order whatever goes along; others may not, in the last places.
      if (backend === 'cpu') expect(told.logits).toEqual(alone.logits);
      else expect(worst(told.logits, alone.logits)).toBeLessThan(1e-5);
    }
  });

  it('have the logits of one full pass over what each holds', async () => {
    const { params } = parts;
    const sessions = createSessions(parts, MEMBERS);
    const all = await Promise.all(
      sessions.map((session, member) => talk(session, member, samplers['sampled']!(member))),
    );
    for (const { ids, images, logits, places } of all) {
      const full = tf.tidy(() => {
        const grids = images.map(({ grid }) => grid);
        const values = Float32Array.from(images.flatMap(({ pixelValues }) => [...pixelValues]));
        const positions = Int32Array.from(ids.keys()).filter((t) => ids[t] === config.special.image);
        const hidden = languageHidden(params, config, {
          ids: Int32Array.from(ids),
          positionIds: mropePositions(ids, grids, config).ids,
          lengths: [ids.length],
          visual: { embeds: visionEmbeds(params, config, values, grids), positions },
        });
        return headLogits(params, config, hidden).arraySync() as number[][];
      });
      const before = places.map((place) => full[place - 1]!);
      expect(worst(logits, before)).toBeLessThan(1e-5);
    }
  });

  it('go on when one ends unused, one breaks off and one comes to the end of the context', async () => {
    const [unused, broken, long, whole] = createSessions(parts, MEMBERS) as [Session, Session, Session, Session];
    unused.dispose();
    const failing = (async () => {
      await expect(broken.prefill([...prompt, config.special.image], [part])).rejects.toThrow(/image/);
      broken.dispose();
    })();
    const tooLong = (async () => {
      const words = Array.from({ length: config.text.maxPositions + 1 }, () => 3);
      await expect(long.prefill(words, [])).rejects.toThrow(/tokens, the model takes/);
      long.dispose();
    })();
    const [told] = await Promise.all([talk(whole, 1, greedy), failing, tooLong]);
    expect(told.ids).toEqual((await talk(createSession(parts), 1, greedy)).ids);
  });

  it('leave nothing behind', async () => {
    const before = tf.memory().numTensors;
    await Promise.all(createSessions(parts, 2).map((session, member) => talk(session, member, greedy)));
    // Embeddings of images stay their owner's: here one for the prompt and one for each of the two.
    expect(tf.memory().numTensors).toBe(before + 3);
  });
});

function worst(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));
}

/** Sessions on the engine mean what they mean on the model path. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { currentDevice } from '../kernels/testing/device.ts';
import type { Backbone, GenerateOptions, Session } from '../model/backbone.ts';
import { createBackbone } from '../model/model.ts';
import { createNucleusSampler } from '../model/sampler.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import { createRandom } from '../support/random.ts';
import { UserError } from '../support/userError.ts';
import { createEngineBackbone, type EngineBackbone } from './engine.ts';
import { imageRun, relativeError, testCard, testGeneration, testImage, testTokenizer, testWeights } from './testing.ts';

const config = tinyConfig();
const part = testImage(config, 8, 6, 1);
const other = testImage(config, 4, 4, 2);
const fresh = testImage(config, 4, 6, 3);
const question = [3, 37, ...imageRun(config, part), 36, 12, 7];
const everyId = Array.from({ length: config.text.vocabSize }, (_, id) => id);

let model: Backbone;
let engine: EngineBackbone;

beforeAll(async () => {
  const { encoded, stored } = testWeights(config, { scheme: 'f32' });
  model = await createBackbone({ config, weights: stored, tokenizer: testTokenizer, card: testCard });
  const loaded = { config, tokenizer: testTokenizer, card: testCard };
  engine = await createEngineBackbone({ device: currentDevice(), loaded, encoded, options: { context: 256 } });
}, 600_000);

afterAll(() => {
  model.dispose();
  engine.dispose();
});

/** What `talk` gets from a session on the engine and from one on the model path. */
async function onBoth<T>(talk: (session: Session) => Promise<T>): Promise<[engine: T, model: T]> {
  const run = async (backbone: Backbone) => {
    const session = backbone.createSession();
    try {
      return await talk(session);
    } finally {
      session.dispose();
    }
  };
  return [await run(engine), await run(model)];
}

const nucleus = () => createNucleusSampler({ temperature: 1.5, topP: 0.9, random: createRandom(4) });

describe('a session on the engine', () => {
  it('generates the ids of the model path over several turns and images, greedy and sampled', async () => {
    for (const sampler of [() => testGeneration().sampler, nucleus]) {
      const [ours, theirs] = await onBoth(async (session) => {
        const options = testGeneration({ sampler: sampler(), maxNewTokens: 11 });
        await session.prefill(question, [part]);
        const first = await session.generate(options);
        await session.prefill([5, 37, ...imageRun(config, other), 36], [other]);
        const second = await session.generate({ ...options, stopIds: [first.ids[3]!, 20, 21, 22] });
        const third = await session.generate({ ...options, maxNewTokens: 3 });
        return { ids: [first, second, third].map(({ ids }) => ids), length: session.length, stop: second.stopReason };
      });
      expect(ours).toEqual(theirs);
    }
  });

  it('reads the logits of watched ids, few and many, under a mask and without', async () => {
    const watches: Partial<GenerateOptions>[] = [
      { watch: { ids: [4, 9, 4], at: (done) => done.length % 3 === 1 } },
      { watch: { ids: everyId, at: (done) => done.length > 1 }, maxNewTokens: 4 },
      { watch: { ids: [5, 6], at: (done) => done.length === 2 }, mask: () => [5, 6], maxNewTokens: 4 },
    ];
    for (const options of watches) {
      const [ours, theirs] = await onBoth(async (session) => {
        await session.prefill(question, [part]);
        return session.generate(testGeneration(options));
      });
      expect(ours.ids).toEqual(theirs.ids);
      expect(ours.readings.map(({ index }) => index)).toEqual(theirs.readings.map(({ index }) => index));
      const flat = (result: typeof ours) => result.readings.flatMap(({ logits }) => logits);
      expect(relativeError(flat(ours), flat(theirs))).toBeLessThan(1e-4);
    }
  });

  it('appends forced ids without drawing, then goes on as if they had been drawn', async () => {
    const [ours, theirs] = await onBoth(async (session) => {
      await session.prefill(question, [part]);
      const mask = (done: readonly number[]) =>
        done.length < 5 ? [10 + done.length] : done.length < 7 ? null : [1, 2];
      const forced = await session.generate(testGeneration({ mask, sampler: nucleus() }));
      const stopped = await session.generate(testGeneration({ mask: () => [23], stopIds: [23] }));
      return [forced.ids, stopped, session.length, (await session.generate(testGeneration())).ids];
    });
    expect(ours).toEqual(theirs);
  });

  it('peeks without a mark: after a prompt, within an answer, and with an image', async () => {
    const talk = (peeks: boolean) => async (session: Session) => {
      const seen: (readonly number[])[] = [];
      const peek = async (ids: readonly number[], images: Parameters<Session['prefill']>[1] = []) => {
        if (peeks) seen.push(await session.peek!(ids, images, [4, 9]));
      };
      await session.prefill(question, [part]);
      await peek([8, 9, 10]);
      await peek([37, ...imageRun(config, other), 36, 5], [other]);
      const first = await session.generate(testGeneration({ maxNewTokens: 5 }));
      await peek([7]);
      await session.prefill([5, 6], []);
      await peek([8, 9, 10]);
      const second = await session.generate(testGeneration({ maxNewTokens: 5, watch: { ids: [4], at: () => true } }));
      return { said: [first.ids, second.ids, second.readings, session.length], seen };
    };
    const [ours, theirs] = await onBoth(talk(true));
    const [quiet, quietTheirs] = await onBoth(talk(false));
    expect(ours.said).toEqual(quiet.said);
    expect(theirs.said).toEqual(quietTheirs.said);
    expect(ours.seen).toHaveLength(4);
    expect(relativeError(ours.seen.flat(), theirs.seen.flat())).toBeLessThan(1e-4);
  });

  it('an abort ends feeding between submissions: no image is encoded, nothing is generated', async () => {
    const session = engine.createSession();
    const { encodedImages } = engine.stats;
    const signal = { aborted: true };
    await session.prefill([3, 37, ...imageRun(config, fresh), 36], [fresh], signal);
    expect(engine.stats.encodedImages).toBe(encodedImages);
    expect(await session.generate(testGeneration({ signal }))).toMatchObject({ ids: [], stopReason: 'aborted' });
    session.dispose();
  });

  it('an abort between tokens keeps what there is', async () => {
    const [ours, theirs] = await onBoth(async (session) => {
      const signal = { aborted: false };
      let count = 0;
      await session.prefill([1, 2, 3], []);
      const onToken = () => {
        signal.aborted = ++count === 3;
      };
      const aborted = await session.generate(testGeneration({ onToken, signal }));
      signal.aborted = false;
      return [aborted, session.length, (await session.generate(testGeneration())).ids];
    });
    expect(ours).toEqual(theirs);
  });

  it('never draws the ids that stand for images, and refuses a mask of only those', async () => {
    const session = engine.createSession();
    await session.prefill([1], []);
    const { ids } = await session.generate(testGeneration({ maxNewTokens: 40, sampler: nucleus() }));
    expect(ids.filter((id) => id >= 35)).toEqual([]);
    await expect(session.generate(testGeneration({ mask: () => [39] }))).rejects.toThrow(/allows no token/);
    session.dispose();
  });

  it('says how long a conversation may be', async () => {
    const session = engine.createSession();
    await expect(session.prefill(Array<number>(257).fill(1), [])).rejects.toMatchObject({ code: 'context-length' });
    await session.prefill(Array<number>(250).fill(1), []);
    const failed = await session.generate(testGeneration({ maxNewTokens: 20 })).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UserError);
    expect(failed).toMatchObject({ code: 'context-length' });
    session.dispose();
  });

  it('shares the device with other sessions, each with its own past', async () => {
    const [a, b] = [engine.createSession(), engine.createSession()];
    await Promise.all([a.prefill(question, [part]), b.prefill([9, 8, 7], [])]);
    const [one, two] = await Promise.all([a.generate(testGeneration()), b.generate(testGeneration())]);
    a.dispose();
    b.dispose();
    const alone = async (ids: number[], images: (typeof part)[]) => {
      const session = engine.createSession();
      await session.prefill(ids, images);
      const { ids: generated } = await session.generate(testGeneration());
      session.dispose();
      return generated;
    };
    expect(one.ids).toEqual(await alone(question, [part]));
    expect(two.ids).toEqual(await alone([9, 8, 7], []));
  });
});

describe('the cost of a token', () => {
  it('is recorded dispatches alone: no bind group is made and no TensorFlow.js operation runs', async () => {
    const device = currentDevice();
    const session = engine.createSession();
    await session.prefill(question, [part]);
    const calls = [
      vi.spyOn(device, 'createBindGroup'),
      vi.spyOn(device, 'createBuffer'),
      vi.spyOn(device, 'createComputePipelineAsync'),
      vi.spyOn(tf.engine(), 'runKernel'),
    ];
    const passes = vi.spyOn(device.queue, 'submit');
    await session.generate(testGeneration({ maxNewTokens: 24 }));
    expect(calls.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0]);
    expect(passes.mock.calls.length).toBeLessThanOrEqual(24 / 8); // eight tokens a readback
    vi.restoreAllMocks();
    session.dispose();
    expect(engine.stats.dispatchesPerToken).toBe(engine.plan.dispatchesPerToken);
  });

  it('an image is encoded once, in whichever session and turn it comes', async () => {
    const before = engine.stats.encodedImages;
    const fresh = testImage(config, 6, 4, 77);
    const ids = [37, ...imageRun(config, fresh), 36];
    for (let turn = 0; turn < 2; turn++) {
      const session = engine.createSession();
      await session.prefill([...ids, ...ids], [fresh, fresh]);
      await session.prefill(ids, [fresh]);
      session.dispose();
    }
    expect(engine.stats.encodedImages).toBe(before + 1);
  });
});

describe('sessions that share what they are fed first', () => {
  it('generate what each generates alone, from one prompt', async () => {
    const talk = async (session: Session, member: number) => {
      const sampler = createNucleusSampler({ temperature: 1.5, topP: 0.9, random: createRandom(member) });
      await session.prefill(question, [part]);
      const first = await session.generate(testGeneration({ sampler, maxNewTokens: 4 + member }));
      await session.prefill([5, 37, ...imageRun(config, other), 36], [other]);
      const second = await session.generate(testGeneration({ sampler, maxNewTokens: 5 }));
      session.dispose();
      return [first.ids, second.ids];
    };
    const together = await Promise.all(engine.createSessions(3).map(talk));
    for (const [member, ids] of together.entries()) expect(await talk(model.createSession(), member)).toEqual(ids);
  });
});

describe('an engine whose weights change where they come from', () => {
  it('takes the new ones into the buffers it has, and forgets images that another tower saw', async () => {
    const before = testWeights(config, { scheme: 'f32' }, 1);
    const after = testWeights(config, { scheme: 'f32' }, 2);
    let encoded = before.encoded;
    const changing = {
      tensors: encoded.tensors,
      readRows: (...given: [string, number, number]) => encoded.readRows(...given),
    };
    const loaded = { config, tokenizer: testTokenizer, card: testCard };
    const own = await createEngineBackbone({
      device: currentDevice(),
      loaded,
      encoded: changing,
      options: { context: 256 },
    });
    const idsOf = async (backbone: Backbone) => {
      const session = backbone.createSession();
      await session.prefill(question, [part]);
      const { ids } = await session.generate(testGeneration());
      session.dispose();
      return ids;
    };
    const first = await idsOf(own);
    const { gpuBytes } = own.stats;
    encoded = after.encoded;
    await own.reload();
    const other = await createBackbone({ config, weights: after.stored, tokenizer: testTokenizer, card: testCard });
    expect(await idsOf(own)).toEqual(await idsOf(other));
    expect(await idsOf(other)).not.toEqual(first);
    expect(own.stats.gpuBytes).toBe(gpuBytes);
    expect(own.stats.encodedImages).toBe(2);
    other.dispose();
    own.dispose();
  });
});

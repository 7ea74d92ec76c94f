import { beforeAll, describe, expect, it } from 'vitest';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { RewardPreset } from '../rewards/reward.ts';
import type { GrpoSettings } from './settings.ts';
import { checkSettings, GRPO_PRESETS } from './settings.ts';
import { exaggerate } from './testing.ts';
import type { LookModel } from './toy/lookModel.ts';
import { createLookModel } from './toy/lookModel.ts';
import { lookCases, lookDeps } from './toy/lookTask.ts';
import { createGrpoTrainer } from './trainer.ts';

const SETTINGS: GrpoSettings = {
  ...GRPO_PRESETS.code,
  mode: 'pz',
  steps: 6,
  groupSize: 2,
  groupsPerStep: 1,
  batchSize: 2,
  maxToolCalls: 0,
  maxNewTokens: 40,
  maxResampled: 0,
  shortage: 'smaller',
  sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
  learningRate: 1e-2,
  warmup: 0,
};

/** The second rollout of a group is always the better one. */
const SECOND: RewardPreset = {
  name: 'second',
  needsConfidence: false,
  score: (group) => group.map((_, index) => ({ total: index, components: { index } })),
};

const FLAT: RewardPreset = { ...SECOND, score: (group) => group.map(() => ({ total: 1, components: { one: 1 } })) };

async function open(changes: Partial<GrpoSettings> = {}, reward = SECOND) {
  const model: LookModel = await createLookModel(1);
  // So that its turns end by themselves.
  exaggerate(model.training, model.backbone.tokenizer.idOf('<|im_end|>')!);
  const trainer = createGrpoTrainer({
    model: model.training,
    backbone: model.backbone,
    deps: lookDeps(model.loaded),
    cases: lookCases(3, 1),
    settings: { ...SETTINGS, ...changes },
    reward,
    seed: 9,
  });
  return { model, trainer };
}

describe('createGrpoTrainer', () => {
  beforeAll(() => useTestBackend('wasm'));

  it('G21: the old policy is that before the first update: a second pass over the batch has other ratios', async () => {
    const figuresAfter = async (innerEpochs: number) => {
      const { model, trainer } = await open({ innerEpochs });
      const { figures } = await trainer.next();
      model.dispose();
      return figures;
    };
    const [once, twice] = [await figuresAfter(1), await figuresAfter(2)];
    expect([once['updates'], twice['updates']]).toEqual([1, 2]);
    expect(once['maxRatioDeviation']).toBeLessThan(1e-5);
    expect(twice['maxRatioDeviation']).toBeGreaterThan(1e-2);
  });

  it('G24: a run resumed from its checkpoint goes on bit for bit: ids, rewards, weights, what waits in the buffer', async () => {
    // Two steps fill one batch: there was an update, and the checkpoint has samples that wait.
    const settings = { batchSize: 4, innerEpochs: 2, shortage: 'wait', learningRate: 1e-3 } as const;
    const straight = await open(settings);
    for (let step = 0; step < 2; step++) await straight.trainer.next();
    expect((await straight.trainer.next()).figures).toMatchObject({ waiting: 2, updates: 0 });
    const { tensors, state } = await straight.trainer.checkpoint();
    const stored: unknown = JSON.parse(JSON.stringify(state));
    const resumed = await open(settings);
    await resumed.trainer.restore({ tensors, state: stored });
    expect(resumed.trainer.step).toBe(3);

    for (let step = 3; step < 5; step++) {
      const [expected, actual] = [await straight.trainer.next(), await resumed.trainer.next()];
      const idsOf = ({ groups }: typeof actual) =>
        groups.map(({ rollouts }) => rollouts.map(({ trajectory }) => trajectory.ids));
      expect(idsOf(actual)).toEqual(idsOf(expected));
      const timeless = ({ figures }: typeof actual) => ({ ...figures, sampleMs: 0, updateMs: 0 });
      expect(timeless(actual)).toEqual(timeless(expected));
      if (step === 3) expect(actual.figures).toMatchObject({ waiting: 0, updates: 2 });
    }
    expect(resumed.model.training.values).toEqual(straight.model.training.values);
    expect(await resumed.trainer.checkpoint()).toEqual(await straight.trainer.checkpoint());
    straight.model.dispose();
    resumed.model.dispose();
  });

  it('fills a batch that is too small by repeating its samples, which changes nothing when it is repeated whole', async () => {
    const figuresOf = async (changes: Partial<GrpoSettings>) => {
      const { model, trainer } = await open(changes);
      const { figures } = await trainer.next();
      model.dispose();
      return figures;
    };
    const once = await figuresOf({ shortage: 'smaller', batchSize: 8 });
    const filled = await figuresOf({ shortage: 'repeat', batchSize: 8 });
    expect(filled['tokens']).toBe(4 * once['tokens']!);
    for (const name of ['loss', 'norm']) expect(filled[name]).toBeCloseTo(once[name]!, 4);
    // Four samples for batches of three: a second one of the last and the first two.
    const more = await figuresOf({ shortage: 'repeat', batchSize: 3, groupsPerStep: 2 });
    expect(more).toMatchObject({ updates: 2, waiting: 0 });
    const few = await figuresOf({ shortage: 'smaller', batchSize: 3, groupsPerStep: 2 });
    expect(few).toMatchObject({ updates: 2, waiting: 0 });
    expect(few['tokens']).toBeLessThan(more['tokens']!);
  });

  it('G27: says that resampling found nothing, and then changes nothing', async () => {
    const { model, trainer } = await open({ maxResampled: 2 }, FLAT);
    const before = model.training.values.slice();
    const { isExhausted, figures } = await trainer.next();
    expect(isExhausted).toBe(true);
    expect(figures).toMatchObject({ exhausted: 1, resampled: 2, zeroAdvantageGroups: 3, updates: 0 });
    expect(model.training.values).toEqual(before);
    model.dispose();
  });
});

describe('checkSettings', () => {
  it.each([
    ['a KL penalty without an adapter', { loss: { ...SETTINGS.loss, klWeight: 0.1 } }, /reference/],
    ['a group of one', { groupSize: 1 }, /group of one/],
    ['temperature 0', { sampling: { ...SETTINGS.sampling, temperature: 0 } }, /temperature/],
    ['a dual clip inside the bounds', { loss: { ...SETTINGS.loss, dualClip: 1.2 } }, /dualClip/],
  ] as const)('refuses %s', (_, changes, message) => {
    expect(() => checkSettings({ ...SETTINGS, ...changes }, false)).toThrow(message);
  });

  it('takes every preset where an adapter is trained', () => {
    for (const preset of Object.values(GRPO_PRESETS)) checkSettings({ ...preset, steps: 1 }, true);
  });

  it("has each paper's clip: token by token at 0.2 and 0.2 / 0.35, IndusAgent's by the ratio of the sequence", () => {
    const clips = Object.values(GRPO_PRESETS).map(({ loss }) => [loss.ratio, loss.clipLow, loss.clipHigh]);
    expect(clips).toEqual([
      ['token', 0.2, 0.2],
      ['token', 0.2, 0.35],
      ['sequence', 0.2, 0.2],
    ]);
  });
});

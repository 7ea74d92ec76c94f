import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import { imageIds } from '@agentiad/core/model/config.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { codePreset } from '../rewards/code.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import { samplerMismatch } from './metrics.ts';
import type { RolloutSettings } from './rollout.ts';
import { rollOutGroup, scoreEpisodes } from './rollout.ts';
import { logTemperature } from './sampling.ts';
import { exaggerate, makeFacts, makeTrajectory, withSessions } from './testing.ts';
import type { LookModel } from './toy/lookModel.ts';
import { createLookModel } from './toy/lookModel.ts';
import { lookCases, lookDeps } from './toy/lookTask.ts';
import { tokenLogProbabilities } from './update.ts';

const [example] = lookCases(1, 3);
let model: LookModel;

/** Two short turns, the second of them forced to be the answer. */
const SETTINGS: RolloutSettings = {
  mode: 'pz',
  groupSize: 2,
  limits: { ...DEFAULT_LIMITS, maxToolCalls: 0, maxNewTokens: 12 },
  sampling: { temperature: 0.7, topP: 0.8, logProbabilities: 'sampling' },
  truncated: 'mask',
  reward: codePreset(),
};

beforeAll(async () => {
  await useTestBackend('wasm');
  model = await createLookModel(1);
  // Image ids that the model wants very much, so that their ban is felt.
  for (const id of imageIds(model.training.config)) exaggerate(model.training, id, 12);
  return () => model.dispose();
});

/** The backbone, and all ids it ever drew, session after session. */
function spied(): { backbone: Backbone; drawn(): number[] } {
  const drawn: number[][] = [];
  const backbone = withSessions(model.backbone, (session) => {
    const own: number[] = [];
    drawn.push(own);
    return {
      async generate(options) {
        const result = await session.generate(options);
        own.push(...result.ids);
        return result;
      },
    };
  });
  return { backbone, drawn: () => drawn.flat() };
}

describe('rollOutGroup', () => {
  it('G18: the trainer gets the ids that the sampler drew, at the model tokens, and G11: no others', async () => {
    const { backbone, drawn } = spied();
    const { rollouts } = await rollOutGroup(example!, lookDeps({ ...model.loaded, backbone }), SETTINGS, 5);
    const kept = rollouts.flatMap(({ trajectory }) =>
      trainedPositions(trajectory.segments, 'all-assistant').map((position) => trajectory.ids[position]),
    );
    expect(kept).toEqual(drawn());
    expect(drawn().length).toBeGreaterThan(30);
    // The forced prefix of the answer stands in the second turn, but nobody drew it.
    const forcedTexts = rollouts.flatMap(({ trajectory: { ids, segments } }) =>
      segments
        .filter(({ turn, kind }) => turn === 4 && kind === 'observation')
        .map(({ from, to }) => model.backbone.tokenizer.decode(ids.slice(from, to))),
    );
    expect(forcedTexts).toContain('<answer>{"anomaly_present":');
  });

  it('G17: ids of images and vision are never drawn, however much the model wants them', async () => {
    const { backbone, drawn } = spied();
    const hot = { ...SETTINGS, sampling: { ...SETTINGS.sampling, temperature: 1, topP: 1 } };
    const { rollouts } = await rollOutGroup(example!, lookDeps({ ...model.loaded, backbone }), hot, 6);
    // Nothing could come after an image id without its image.
    expect(rollouts.map(({ failure }) => failure)).toEqual([null, null]);
    expect(drawn().length).toBeGreaterThan(20);
    expect(drawn().filter((id) => imageIds(backbone.config).includes(id))).toEqual([]);
  });

  it.each([
    ['G22: at the temperature of sampling', { temperature: 0.7, topP: 1, logProbabilities: 'sampling' }],
    [
      'G22: raw, whatever the temperature',
      { temperature: 0.7, topP: 1, laterTemperature: 0.9, logProbabilities: 'raw' },
    ],
    ['G23: of the full distribution under top-p', { temperature: 1, topP: 0.3, logProbabilities: 'sampling' }],
  ] as const)("%s, the sampler's log-probabilities are the trainer's", async (_, sampling) => {
    const { rollouts } = await rollOutGroup(example!, lookDeps(model.loaded), { ...SETTINGS, sampling }, 7);
    const trajectories = rollouts.map(({ trajectory }) => trajectory);
    const temperature = logTemperature(sampling);
    const old = await tokenLogProbabilities(model.training, trajectories, { microBatch: 2, temperature });
    const mismatch = samplerMismatch(trajectories.map((trajectory, index) => ({ trajectory, old: old[index]! })));
    expect(mismatch).not.toBeNull();
    expect(mismatch!).toBeLessThan(2e-3);
    expect(trajectories[0]!.sampler).toEqual({ ...trajectories[0]!.sampler, temperature, topP: sampling.topP });
    // Off the model's tokens nothing is known.
    const { logProbabilities, segments } = trajectories[0]!;
    const known = logProbabilities!.flatMap((value, position) => (Number.isNaN(value) ? [] : [position]));
    expect(known).toEqual(trainedPositions(segments, 'all-assistant'));
  });

  it('G22: refuses the convention of sampling where turns have several temperatures', () => {
    expect(() =>
      logTemperature({ temperature: 1, topP: 0.95, laterTemperature: 0.9, logProbabilities: 'sampling' }),
    ).toThrow(/needs one temperature/);
  });

  it('same seed, same rollouts; another seed, others', async () => {
    const idsOf = async (seed: number) =>
      (await rollOutGroup(example!, lookDeps(model.loaded), SETTINGS, seed)).rollouts.map(
        ({ trajectory }) => trajectory.ids,
      );
    const first = await idsOf(1);
    expect(await idsOf(1)).toEqual(first);
    expect(await idsOf(2)).not.toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
  });

  it('members that act together draw what each draws alone', async () => {
    const settings = { ...SETTINGS, groupSize: 4 };
    const together = await rollOutGroup(example!, lookDeps(model.loaded), settings, 8);
    const alone = { ...model.backbone, createSessions: undefined };
    const apart = await rollOutGroup(example!, lookDeps({ ...model.loaded, backbone: alone }), settings, 8);
    const told = ({ rollouts }: typeof apart) =>
      rollouts.map(({ trajectory: { ids, segments, sampler, calls, truncated } }) => [
        ids,
        segments,
        sampler,
        calls,
        truncated,
      ]);
    expect(told(together)).toEqual(told(apart));
    together.rollouts.forEach(({ trajectory }, member) => {
      const other = apart.rollouts[member]!.trajectory.logProbabilities!;
      const differences = trajectory.logProbabilities!.map((value, t) => Math.abs(value - other[t]!));
      expect(Math.max(...differences.filter((value) => !Number.isNaN(value)))).toBeLessThan(1e-4);
    });
  });

  it('G16: an episode that breaks off has no reward and tells why', async () => {
    const backbone = withSessions(model.backbone, () => ({
      generate: () => Promise.reject(new Error('the device was lost')),
    }));
    const { rollouts } = await rollOutGroup(example!, lookDeps({ ...model.loaded, backbone }), SETTINGS, 5);
    expect(rollouts.map(({ reward, failure }) => [reward, failure])).toEqual([
      [null, 'the device was lost'],
      [null, 'the device was lost'],
    ]);
  });

  it('G15: a truncated episode is masked or gets its penalty alone, never the reward it would have had', async () => {
    const masked = await rollOutGroup(example!, lookDeps(model.loaded), SETTINGS, 5);
    expect(masked.rollouts.map(({ trajectory, reward }) => [trajectory.truncated, reward])).toEqual([
      [true, null],
      [true, null],
    ]);
    const punished = await rollOutGroup(example!, lookDeps(model.loaded), { ...SETTINGS, truncated: -2 }, 5);
    expect(punished.rollouts[0]!.reward).toEqual({ total: -2, components: { truncated: -2 } });
    expect(punished.rollouts[0]!.trajectory.reward).toEqual(punished.rollouts[0]!.reward);
  });
});

describe('scoreEpisodes', () => {
  it('G16: an episode without a reward does not count in the rates of its group either', () => {
    const trajectory = makeTrajectory('a', 4);
    const crop = makeFacts({ calls: [{ name: 'crop_image_normalized', ok: true }] });
    const query = makeFacts({ calls: [{ name: 'query_image', ok: true }] });
    const settings = { reward: codePreset(), truncated: 'mask' } as const;
    const curiosity = (failure: string | null) =>
      scoreEpisodes(
        [
          { trajectory, facts: crop, failure: null },
          { trajectory, facts: query, failure },
        ],
        settings,
      )[0]!.components['curiosity'];
    expect(curiosity(null)).toBeCloseTo(-0.25, 9);
    expect(curiosity('broke off')).toBeCloseTo(-0.5, 9);
  });
});

/** GRPO on webgpu: rollouts on the engine and on the model in training, an update, and the engine after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { codePreset } from '../rewards/code.ts';
import { openPolicy } from './openPolicy.ts';
import type { PolicyBackbone } from './policyBackbone.ts';
import type { Group, RolloutSettings } from './rollout.ts';
import { rollOutGroup } from './rollout.ts';
import type { GrpoSettings } from './settings.ts';
import { GRPO_PRESETS } from './settings.ts';
import { exaggerate } from './testing.ts';
import type { LookModel } from './toy/lookModel.ts';
import { createLookModel } from './toy/lookModel.ts';
import { lookCases, lookDeps } from './toy/lookTask.ts';
import { createGrpoTrainer } from './trainer.ts';

let selected: SelectedBackend;
let look: LookModel;
let engine: PolicyBackbone;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
  look = await createLookModel(1);
  // So that its turns end by themselves.
  exaggerate(look.training, look.backbone.tokenizer.idOf('<|im_end|>')!);
  const opened = await openPolicy({ on: 'engine' }, look.training, look.backbone, selected.gpu, () => undefined);
  expect(opened.on).toBe('engine');
  engine = opened.backbone;
}, 600_000);

afterAll(async () => {
  engine.dispose();
  look.dispose();
  await selected.dispose();
});

const [example] = lookCases(1, 3);
const SETTINGS: RolloutSettings = {
  mode: 'pz',
  groupSize: 3,
  limits: { ...DEFAULT_LIMITS, maxToolCalls: 0, maxNewTokens: 10 },
  sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
  truncated: 0,
  reward: codePreset(),
};

const rollOut = (backbone: PolicyBackbone) =>
  rollOutGroup(example!, lookDeps({ ...look.loaded, backbone }), SETTINGS, 4);
const idsOf = ({ rollouts }: Group) => rollouts.map(({ trajectory }) => trajectory.ids);

function openTrainer({ training, loaded }: LookModel, backbone: PolicyBackbone) {
  const settings: GrpoSettings = {
    ...GRPO_PRESETS.code,
    ...SETTINGS,
    reward: { preset: 'code', ablations: [] },
    maxToolCalls: 0,
    maxNewTokens: 10,
    steps: 2,
    groupsPerStep: 1,
    batchSize: 3,
    maxResampled: 0,
    shortage: 'smaller',
    learningRate: 1e-2,
    warmup: 0,
  };
  return createGrpoTrainer({
    model: training,
    backbone,
    deps: lookDeps({ ...loaded, backbone }),
    cases: lookCases(3, 1),
    settings,
    // The last rollout of a group is always the best one.
    reward: {
      name: 'last',
      needsConfidence: false,
      score: (group) => group.map((_, index) => ({ total: index, components: { index } })),
    },
    seed: 9,
  });
}

describe('GRPO on webgpu', () => {
  it('rolls out the same on the engine as on the model in training, before and after an update', async () => {
    const before = idsOf(await rollOut(look.backbone));
    expect(idsOf(await rollOut(engine))).toEqual(before);
    expect(new Set(before.map((ids) => ids.join())).size).toBeGreaterThan(1);

    const { figures } = await openTrainer(look, engine).next();
    expect(figures).toMatchObject({ updates: 1, brokenOff: 0 });
    // The old policy's log-probabilities are the trainer's own; the engine's, read of one rollout, are close to them.
    expect(figures['maxRatioDeviation']).toBeLessThan(1e-5);
    expect(figures['samplerMismatch']).toBeGreaterThan(0);
    expect(figures['samplerMismatch']).toBeLessThan(1e-3);

    await look.backbone.refresh();
    const after = idsOf(await rollOut(look.backbone));
    expect(after).not.toEqual(before);
    expect(idsOf(await rollOut(engine))).toEqual(after);
  });

  it('G24: goes on from its checkpoint bit for bit', async () => {
    const [straight, resumed] = [await createLookModel(2), await createLookModel(2)];
    const whole = openTrainer(straight, straight.backbone);
    await whole.next();
    const contents = await whole.checkpoint();
    await whole.next();
    const later = openTrainer(resumed, resumed.backbone);
    await later.restore({ ...contents, state: JSON.parse(JSON.stringify(contents.state)) as unknown });
    await later.next();
    expect(await later.checkpoint()).toEqual(await whole.checkpoint());
    for (const trainer of [whole, later]) await trainer.finish();
    for (const model of [straight, resumed]) model.dispose();
  });
});

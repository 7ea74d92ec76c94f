/**
 * Rollouts of the shipped nano, as GRPO samples them: members of a group one after the other and together, on the model
 * path or on the engine. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/rolloutSpeed.ts [--backend wasm] [--on sequential,together,engine]
 *         [--groups 2] [--size 8] [--mode pz]
 *
 * Prints a Markdown table. Tokens a second are of the time in the model: prompts, images and tools included in none of
 * them but the rollouts a second. A step is one new token of every member; its dispatches are TensorFlow.js programs, or
 * what the engine plans (webgpu only).
 */
import { parseArgs } from 'node:util';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { SHIPPED_MODEL, SHIPPED_TOWER } from '../commands/options.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { createEnginePolicy } from '../grpo/enginePolicy.ts';
import { modelTokens } from '../grpo/metrics.ts';
import { createPolicyBackbone } from '../grpo/policyBackbone.ts';
import type { RolloutSettings } from '../grpo/rollout.ts';
import { rollOutGroup } from '../grpo/rollout.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { familiesOf } from '../parts/split.ts';
import { codePreset } from '../rewards/code.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    on: { type: 'string', default: 'sequential,together' },
    groups: { type: 'string', default: '2' },
    size: { type: 'string', default: '8' },
    mode: { type: 'string', default: 'pz' },
  },
});
const selected = await selectBackend(values.backend as BackendName);
const loaded = await loadModelFolder(SHIPPED_MODEL);
const { config, processor, weights, tokenizer, card } = loaded;
const model = await createTrainingModel({ config, processor, weights, frozen: 'none' });
const tower = await createTower(openFolder(SHIPPED_TOWER));
const cases = proceduralCases({
  families: familiesOf('train'),
  split: 'train',
  count: Number(values.groups),
  seed: 1,
  exemplars: 3,
});
const settings: RolloutSettings = {
  mode: values.mode as Mode,
  groupSize: Number(values.size),
  limits: { ...DEFAULT_LIMITS, maxNewTokens: 256 },
  sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
  truncated: 'mask',
  reward: codePreset(),
};

/** The engine plans its dispatches of one token of one session. */
type Measured = Backbone & { readonly dispatchesPerToken?: number };

const modelPath = createPolicyBackbone(model, { tokenizer, card });
const gpu = selected.gpu?.device;
const paths: Record<string, () => Measured | Promise<Measured>> = {
  sequential: () => ({ ...modelPath, createSessions: undefined }),
  together: () => modelPath,
  engine: () => createEnginePolicy(model, { tokenizer, card }, gpu!),
};

/** TensorFlow.js programs that ran so far; the engine's own are not among them. */
let programs = 0;
if (selected.backend === 'webgpu') {
  const backend = tf.backend() as unknown as WebGPUBackend;
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...given) => {
    programs++;
    return run(...given);
  };
}

/** Programs of one step: a token of every one of `count` sessions that go together. */
async function programsPerStep(backbone: Backbone, count: number): Promise<number | null> {
  if (selected.backend !== 'webgpu') return null;
  const sessions = backbone.createSessions?.(count) ?? Array.from({ length: count }, () => backbone.createSession());
  await Promise.all(sessions.map((session) => session.prefill([1, 2, 3], [])));
  const before = programs;
  await Promise.all(sessions.map((session) => session.prefill([4], [])));
  const ran = programs - before;
  sessions.forEach((session) => session.dispose());
  return ran;
}

async function measure(name: string): Promise<string> {
  const backbone = await paths[name]!();
  const deps = {
    model: { backbone, processor, chatTemplate: loaded.chatTemplate },
    match: (set: Parameters<typeof createLibraryMatch>[0]['set']) => createLibraryMatch({ tower, set }),
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
    newId: () => 'rollout',
    runtime: { backend: selected.backend, adapter: selected.adapter },
  };
  await rollOutGroup(
    cases[0]!,
    deps,
    { ...settings, groupSize: 2, limits: { ...settings.limits, maxNewTokens: 8 } },
    0,
  );
  const started = performance.now();
  const cpu = process.cpuUsage();
  let rollouts = 0;
  let tokens = 0;
  for (const [index, example] of cases.entries()) {
    const group = await rollOutGroup(example, deps, settings, index);
    rollouts += group.rollouts.length;
    tokens += group.rollouts.reduce((sum, rollout) => sum + modelTokens(rollout), 0);
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const busy = (user + system) / 1e6;
  const { groupSize } = settings;
  const steps = backbone.dispatchesPerToken
    ? `${backbone.dispatchesPerToken} a member`
    : await programsPerStep(backbone, groupSize);
  if (name === 'engine') backbone.dispose();
  const cells = [rollouts / seconds, tokens / seconds, rollouts / busy].map((value) => value.toFixed(2));
  return `| ${selected.adapter} | ${name} | ${rollouts} | ${cells.join(' | ')} | ${steps ?? '–'} |`;
}

const rows: string[] = [];
for (const name of values.on.split(',')) rows.push(await measure(name));
console.log(
  `Mode ${values.mode}, groups of ${values.size}:\n\n` +
    `| adapter | members | rollouts | rollouts/s | tokens/s | rollouts per processor second | dispatches per step |\n` +
    `|---|---|---|---|---|---|---|\n${rows.join('\n')}`,
);
modelPath.dispose();
model.dispose();
tower.dispose();
await selected.dispose();

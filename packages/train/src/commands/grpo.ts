/** `agentiad grpo`: agentic GRPO of a fine-tuned model, from its run configuration to a model container or an adapter. */
import path from 'node:path';
import type { Command } from 'commander';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { createPolicyBackbone } from '../grpo/policyBackbone.ts';
import { runGrpo } from '../grpo/run.ts';
import { checkSettings } from '../grpo/settings.ts';
import { createGrpoTrainer } from '../grpo/trainer.ts';
import type { BackendName, SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import type { RunConfig } from '../run/config.ts';
import { readRunConfig, REPOSITORY } from '../run/config.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { createProgress } from '../run/progress.ts';
import { openRun } from '../run/runFolder.ts';
import type { BaseModel } from '../sft/baseModel.ts';
import { openBaseModel } from '../sft/baseModel.ts';
import { writeTrained } from '../sft/output.ts';
import { trainingCases } from '../trajectories/cases.ts';
import { backendOption, SHIPPED_TOWER } from './options.ts';

interface Flags {
  readonly config: string;
  readonly dataDir: string;
  readonly backend: BackendName;
  readonly from?: string;
  readonly resume?: string;
}

type GrpoConfig = RunConfig & { readonly grpo: NonNullable<RunConfig['grpo']> };

export function registerGrpo(program: Command): void {
  program
    .command('grpo')
    .description(
      'Agentic GRPO: the model inspects, is rewarded and learns. The run is kept in a folder of its work folder.',
    )
    .requiredOption('--config <file>', 'run configuration with a "grpo" section')
    .option('--from <dir>', 'model folder to start from: what `agentiad sft` wrote')
    .option('--data-dir <dir>', 'folder of the public data sets that the run names', path.join(REPOSITORY, 'data'))
    .option('--resume <dir>', 'go on with the run in this folder, from its last checkpoint')
    .addOption(backendOption())
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const config = await readRunConfig(flags.config);
  if (!hasGrpo(config)) throw bad(flags.config, 'it has no "grpo" section.', 'Add one, with a preset and steps.');
  checkSettings(config.grpo, config.grpo.lora !== undefined);
  const base = await openBaseModel(config, flags.from);
  if (base.sha256 === null) {
    const remedy = 'Name the folder that `agentiad sft` wrote with --from, or as model.checkpoint.';
    throw bad(flags.config, 'it would start from random weights, which know no protocol to improve.', remedy);
  }
  const cases = await trainingCases(config, flags.dataDir);
  if (cases.length === 0) throw bad(flags.config, 'its sources have no cases.', 'Raise the counts in data.sources.');
  const selected = await selectBackend(flags.backend);
  try {
    await train(flags, config, base, cases, selected);
  } finally {
    await selected.dispose();
  }
}

function hasGrpo(config: RunConfig): config is GrpoConfig {
  return config.grpo !== undefined;
}

async function train(
  flags: Flags,
  config: GrpoConfig,
  base: BaseModel,
  cases: readonly LabelledCase[],
  selected: SelectedBackend,
): Promise<void> {
  const { grpo } = config;
  const folder = flags.resume ?? path.join(config.work, `${config.name}-grpo`);
  const kept = await openRun({
    folder,
    command: 'grpo',
    config,
    data: { weights: base.sha256! },
    resume: flags.resume !== undefined,
    device: `${selected.backend}: ${selected.adapter}`,
  });
  const progress = createProgress({ unit: 'step', total: grpo.steps, start: kept.startStep });
  const interrupt = listenForInterrupt(progress.say);
  const model = await createTrainingModel({
    config: base.config,
    processor: base.processor,
    weights: base.weights,
    adapter: grpo.lora,
    frozen: grpo.lora ? 'base' : grpo.frozen,
    base: grpo.base,
    recompute: grpo.recompute,
  });
  const card = { ...config.card, sha256: base.sha256!, scheme: 'f32', tuned: true };
  const backbone = createPolicyBackbone(model, { tokenizer: base.tokenizer, card });
  const tower = await createTower(openFolder(SHIPPED_TOWER));
  const template = base.files.get('chat_template.jinja');
  const deps: InspectionDeps = {
    model: { backbone, processor: base.processor, chatTemplate: template ? new TextDecoder().decode(template) : null },
    match: onceForEach((set) => createLibraryMatch({ tower, set })),
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
    newId: () => 'rollout',
    runtime: { backend: selected.backend, adapter: selected.adapter },
  };
  try {
    progress.say(`${model.values.length} trained values, ${cases.length} cases, ${selected.adapter}`);
    const isDone = await runGrpo({
      trainer: createGrpoTrainer({ model, backbone, deps, cases, settings: grpo, seed: config.seed }),
      steps: grpo.steps,
      saveEvery: grpo.saveEvery,
      run: kept,
      isInterrupted: () => interrupt.isRequested,
      say: progress.say,
      onStep: ({ step, figures }) => {
        const { reward = null, accuracy = null, callsPerRollout = null, kl = null } = figures;
        progress.update(step, { reward, accuracy, calls: callsPerRollout, kl });
      },
    });
    progress.stop();
    await kept.report();
    if (!isDone) return progress.say(`Kept in ${folder}. Go on with --resume ${folder}`);
    const output = path.join(folder, model.lora ? 'adapter' : 'model');
    await writeTrained(output, model, config.card, { name: base.name, config: base.json, files: base.files });
    progress.say(`Written to ${output}`);
  } finally {
    progress.stop();
    interrupt.dispose();
    backbone.dispose();
    model.dispose();
    tower.dispose();
    await kept.close();
  }
}

/** Features of exemplars are computed once for all rollouts of a group. */
function onceForEach(create: (set: ExemplarSet) => LibraryMatch): (set: ExemplarSet) => LibraryMatch {
  const known = new WeakMap<ExemplarSet, LibraryMatch>();
  return (set) => {
    const match = known.get(set) ?? create(set);
    known.set(set, match);
    return match;
  };
}

function bad(subject: string, reason: string, remedy: string): UserError {
  return new UserError({ code: 'run-config', subject, reason, remedy });
}

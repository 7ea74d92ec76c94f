/** `agentiad grpo`: agentic GRPO of a fine-tuned model, from its run configuration to a model container or an adapter. */
import path from 'node:path';
import type { Command } from 'commander';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { OpenedPolicy } from '../grpo/openPolicy.ts';
import { openPolicy } from '../grpo/openPolicy.ts';
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
import type { StartAdapter } from '../peft/startAdapter.ts';
import { openStartAdapter } from '../peft/startAdapter.ts';
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
  readonly adapter?: string;
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
    .option(
      '--adapter <dir>',
      'start from this adapter (PEFT), for a run with grpo.lora; a KL penalty still refers to the model without it',
    )
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
  const adapter = await openStartAdapter(flags, config.grpo, base.config, 'grpo');
  const cases = await trainingCases(config, flags.dataDir);
  if (cases.length === 0) throw bad(flags.config, 'its sources have no cases.', 'Raise the counts in data.sources.');
  const selected = await selectBackend(flags.backend);
  try {
    await train(flags, config, { base, adapter }, cases, selected);
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
  { base, adapter }: { readonly base: BaseModel; readonly adapter: StartAdapter | null },
  cases: readonly LabelledCase[],
  selected: SelectedBackend,
): Promise<void> {
  const { grpo } = config;
  const folder = flags.resume ?? path.join(config.work, `${config.name}-grpo`);
  const kept = await openRun({
    folder,
    command: 'grpo',
    config,
    data: { weights: base.sha256!, ...(adapter && { adapter: adapter.sha256 }) },
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
  const tower = await createTower(openFolder(SHIPPED_TOWER));
  let policy: OpenedPolicy | null = null;
  try {
    await adapter?.loadInto(model);
    const card = { ...config.card, sha256: base.sha256!, scheme: 'f32', tuned: true };
    policy = await openPolicy(grpo.rollouts, model, { tokenizer: base.tokenizer, card }, selected.gpu, progress.say);
    const { backbone, on } = policy;
    const template = base.files.get('chat_template.jinja');
    const chatTemplate = template ? new TextDecoder().decode(template) : null;
    const deps: InspectionDeps = {
      model: { backbone, processor: base.processor, chatTemplate },
      match: (set) => createLibraryMatch({ tower, set }),
      clock: () => performance.now(),
      now: () => new Date().toISOString(),
      newId: () => 'rollout',
      runtime: { backend: selected.backend, adapter: selected.adapter },
    };
    progress.say(
      `${model.values.length} trained values, ${cases.length} cases, rollouts on the ${on}, ${selected.adapter}`,
    );
    const trainer = createGrpoTrainer({ model, backbone, deps, cases, settings: grpo, seed: config.seed });
    const isDone = await runGrpo({
      trainer,
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
    await trainer.finish();
    await kept.report();
    if (!isDone) return progress.say(`Kept in ${folder}. Go on with --resume ${folder}`);
    const output = path.join(folder, model.lora ? 'adapter' : 'model');
    await writeTrained(output, model, config.card, { name: base.name, config: base.json, files: base.files });
    progress.say(`Written to ${output}`);
  } finally {
    progress.stop();
    interrupt.dispose();
    policy?.backbone.dispose();
    model.dispose();
    tower.dispose();
    await kept.close();
  }
}

function bad(subject: string, reason: string, remedy: string): UserError {
  return new UserError({ code: 'run-config', subject, reason, remedy });
}

/** `agentiad sft`: supervised fine-tuning of a run, from its trajectories to a model container or an adapter. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { BackendName, SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import type { PeftNaming } from '../peft/exportAdapter.ts';
import { PEFT_NAMINGS } from '../peft/exportAdapter.ts';
import type { StartAdapter } from '../peft/startAdapter.ts';
import { hashFile, openStartAdapter } from '../peft/startAdapter.ts';
import type { RunConfig } from '../run/config.ts';
import { readRunConfig } from '../run/config.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { createProgress } from '../run/progress.ts';
import { openRun } from '../run/runFolder.ts';
import type { BaseModel } from '../sft/baseModel.ts';
import { notBuilt, openBaseModel } from '../sft/baseModel.ts';
import { maskedPositions, maskHash } from '../sft/mask.ts';
import { writeTrained } from '../sft/output.ts';
import type { Phase } from '../sft/run.ts';
import { planPhases, runSft } from '../sft/run.ts';
import { checkSample } from '../sft/sample.ts';
import { rehearsalsOf } from '../trajectories/rehearsals.ts';
import { readTrajectories } from '../trajectories/store.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { backendOption } from './options.ts';

interface Flags {
  readonly config: string;
  readonly backend: BackendName;
  readonly from?: string;
  readonly adapter?: string;
  readonly resume?: string;
  readonly naming: PeftNaming;
}

/** Samples whose trained spans are shown before the first step. */
const SHOWN = 3;

export function registerSft(program: Command): void {
  program
    .command('sft')
    .description('Supervised fine-tuning on the trajectories of a run. The run is kept in a folder of its work folder.')
    .requiredOption('--config <file>', 'run configuration')
    .option('--from <dir>', 'start from the weights of this model folder')
    .option('--adapter <dir>', 'start from this adapter (PEFT) instead of a new one; for a run with sft.lora')
    .option('--resume <dir>', 'go on with the run in this folder, from its last checkpoint')
    .addOption(
      new Option('--naming <generation>', 'names in a written adapter: of transformers from 4.52 on, or before')
        .choices(PEFT_NAMINGS)
        .default('hf52'),
    )
    .addOption(backendOption())
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const config = await readRunConfig(flags.config);
  const base = await openBaseModel(config, flags.from);
  if (config.sft.lora && base.sha256 === null) throw nothingToAdapt(flags.config);
  const adapter = await openStartAdapter(flags, config.sft, base.config, 'sft');
  const { samples: stored, hashes } = await readSamples(config);
  const {
    demonstrations: samples,
    drills,
    echoes,
  } = rehearsalsOf(config, stored, {
    tokenizer: base.tokenizer,
    imageTokenId: base.config.special.image,
    imageTokenPixels: base.processor.patchSize * base.processor.mergeSize,
  });
  const context = Math.min(config.sft.context ?? Infinity, base.config.text.maxPositions);
  for (const sample of [...samples, ...echoes, ...drills]) checkSample(sample, base.config, config.sft.mask, context);
  const phases = planPhases(config.sft, [...samples, ...echoes], drills);
  const selected = await selectBackend(flags.backend);
  try {
    const data = {
      ...hashes,
      ...(base.sha256 !== null && { weights: base.sha256 }),
      ...(adapter && { adapter: adapter.sha256 }),
    };
    await train(flags, config, { base, adapter }, samples, phases, data, selected);
  } finally {
    await selected.dispose();
  }
}

async function train(
  flags: Flags,
  config: RunConfig,
  { base, adapter }: { readonly base: BaseModel; readonly adapter: StartAdapter | null },
  samples: readonly Trajectory[],
  phases: readonly Phase[],
  data: Readonly<Record<string, string>>,
  selected: SelectedBackend,
): Promise<void> {
  const { sft } = config;
  const trained = [...new Set(phases.flatMap((phase) => phase.samples))];
  const folder = flags.resume ?? path.join(config.work, config.name);
  const run = await openRun({
    folder,
    command: 'sft',
    config,
    data,
    // Rehearsals are made by code: a changed one would go on with other samples.
    maskSha256: maskHash(trained, sft.mask),
    resume: flags.resume !== undefined,
    device: `${selected.backend}: ${selected.adapter}`,
  });
  const total = phases.reduce((sum, { settings }) => sum + settings.steps, 0);
  const progress = createProgress({ unit: 'step', total, start: run.startStep });
  const interrupt = listenForInterrupt(progress.say);
  const model = await createTrainingModel({
    config: base.config,
    processor: base.processor,
    weights: base.weights,
    adapter: sft.lora,
    frozen: sft.lora ? 'base' : sft.frozen,
    base: sft.base,
    recompute: sft.recompute,
  });
  try {
    await adapter?.loadInto(model);
    progress.say(
      `${model.values.length} trained values, ${samples.length} demonstrations, ${trained.length - samples.length} rehearsals, ${selected.adapter}`,
    );
    for (const sample of samples.slice(0, SHOWN)) progress.say(describeTrained(sample, config, base));
    const isDone = await runSft({
      model,
      phases,
      seed: config.seed,
      saveEvery: sft.saveEvery,
      run,
      isInterrupted: () => interrupt.isRequested,
      onStep: (done, phase, { loss, norm, ms }) => progress.update(done, { phase, loss, norm, ms: Math.round(ms) }),
    });
    progress.stop();
    await run.report();
    if (!isDone) return progress.say(`Kept in ${folder}. Go on with --resume ${folder}`);
    const output = path.join(folder, model.lora ? 'adapter' : 'model');
    const { name, json, files } = base;
    await writeTrained(output, model, config.card, { name, config: json, files }, flags.naming);
    progress.say(`Written to ${output}`);
  } finally {
    progress.stop();
    interrupt.dispose();
    model.dispose();
    await run.close();
  }
}

/** What of a sample is trained, decoded, so that a wrong mask is seen before an hour is spent. */
function describeTrained(sample: Trajectory, { sft }: RunConfig, { tokenizer }: BaseModel): string {
  const positions = maskedPositions(sample, sft.mask);
  const spans: number[][] = [];
  positions.forEach((position, i) => {
    if (position === positions[i - 1]! + 1) spans.at(-1)!.push(sample.ids[position]!);
    else spans.push([sample.ids[position]!]);
  });
  const shown = spans.map((ids) => `  | ${tokenizer.decode(ids).replaceAll('\n', '\n  | ')}`);
  return [`${sample.id}: ${sample.ids.length} tokens, ${positions.length} trained:`, ...shown].join('\n');
}

/** Demonstrations in the modes of the run, from all its stores, and a hash of every store. */
async function readSamples(
  config: RunConfig,
): Promise<{ samples: readonly Trajectory[]; hashes: Record<string, string> }> {
  const root = path.join(config.work, 'trajectories');
  const stores = await readdir(root).catch((error: unknown) => {
    throw notBuilt(config.work, 'there are no demonstrations.', error);
  });
  const samples: Trajectory[] = [];
  const hashes: Record<string, string> = {};
  for (const store of stores.toSorted()) {
    for (const sample of await readTrajectories(path.join(root, store))) {
      if ((config.data.modes[sample.mode] ?? 0) > 0) samples.push(sample);
    }
    for (const file of ['trajectories.jsonl', 'images.rgb']) {
      hashes[`${store}/${file}`] = await hashFile(path.join(root, store, file));
    }
  }
  if (samples.length === 0) throw notBuilt(config.work, 'there are no demonstrations in the modes of the run.');
  return { samples, hashes };
}

function nothingToAdapt(file: string): UserError {
  return new UserError({
    code: 'run-config',
    subject: file,
    reason: 'it trains an adapter (sft.lora), but the weights below it would be random.',
    remedy: 'Name a model folder with --from, or as model.checkpoint.',
  });
}

/** `agentiad sft`: supervised fine-tuning of a run, from its trajectories to a model container. */
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import {
  disposeParams,
  exportParam,
  loadParams,
  parameterCount,
  parameterShapes,
} from '@agentiad/core/model/params.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import type { TensorToWrite } from '@agentiad/core/model/writeContainer.ts';
import { writeContainer } from '@agentiad/core/model/writeContainer.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import type { RunConfig } from '../run/config.ts';
import { readRunConfig } from '../run/config.ts';
import type { SftSettings } from '../sft/train.ts';
import { trainSft } from '../sft/train.ts';
import { caseRandom } from '../trajectories/caseRandom.ts';
import { createDrill } from '../trajectories/drills.ts';
import { readTrajectories } from '../trajectories/store.ts';
import type { MaskStrategy, Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import { backendOption, parseWhole } from './options.ts';

interface Flags {
  readonly config: string;
  readonly backend: BackendName;
  readonly saveEvery: number;
  readonly resume?: string;
}

export function registerSft(program: Command): void {
  program
    .command('sft')
    .description('Supervised fine-tuning on the trajectories of a run; metrics and checkpoints go to its work folder.')
    .requiredOption('--config <file>', 'run configuration')
    .option('--save-every <n>', 'steps between checkpoints', parseWhole('--save-every', 1), 250)
    .option('--resume <dir>', 'start from the weights of this container')
    .addOption(backendOption())
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const config = await readRunConfig(flags.config);
  const trajectories = (await readAllTrajectories(config)).filter(({ mode }) => (config.data.modes[mode] ?? 0) > 0);
  if (trajectories.length === 0) throw noTrajectories(config, 'there are no demonstrations in the modes of the run.');
  const files = await readModelFiles(config);
  const selected = await selectBackend(flags.backend);
  try {
    await train(flags, config, trajectories, files, selected.adapter);
  } finally {
    await selected.dispose();
  }
}

async function train(
  flags: Flags,
  config: RunConfig,
  trajectories: readonly Trajectory[],
  files: ReadonlyMap<string, Uint8Array>,
  adapter: string,
): Promise<void> {
  const json = (name: string) => JSON.parse(new TextDecoder().decode(files.get(name))) as Record<string, unknown>;
  const modelConfig = parseModelConfig(json('config.json'));
  const processor = parseProcessorConfig(json('preprocessor_config.json'));
  const weights = flags.resume
    ? (await loadModelFolder(flags.resume)).weights
    : createRandomWeights(modelConfig, config.seed);
  const params = await loadParams(modelConfig, weights);
  say(`${parameterCount(modelConfig)} parameters, ${trajectories.length} trajectories, ${adapter}`);
  showTrained(
    trajectories[0]!,
    config.sft.mask,
    createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')),
  );

  const metrics = path.join(config.work, `${config.name}.metrics.jsonl`);
  await writeFile(metrics, '');
  const { sft } = config;
  const drills = makeDrills(config, json, modelConfig);
  const phase = async (name: string, from: Params, samples: readonly Trajectory[], settings: SftSettings) => {
    let recent: number | null = null;
    return trainSft({
      params: from,
      config: modelConfig,
      processor,
      trajectories: samples,
      settings,
      random: createRandom(config.seed),
      afterStep: async (progress, current) => {
        if (progress.skipped) say(`${name} ${progress.step} skipped: the gradient is not finite`);
        else recent = recent === null ? progress.loss : 0.98 * recent + 0.02 * progress.loss;
        await appendFile(metrics, `${JSON.stringify({ phase: name, ...progress })}\n`);
        if (progress.step % 20 === 0 || progress.step === 1) {
          say(
            `${name} ${progress.step}/${settings.steps} loss ${recent?.toFixed(4)} norm ${progress.norm.toFixed(2)} ${Math.round(progress.ms)} ms`,
          );
        }
        if (progress.step % flags.saveEvery === 0 || progress.step === settings.steps) {
          await save(config, modelConfig, current, files);
        }
      },
    });
  };
  const drilled = sft.drills ? await phase('drill', params, drills, { ...sft, ...sft.drills }) : params;
  const trained = await phase('step', drilled, [...trajectories, ...drills.slice(0, sft.drills?.mixed ?? 0)], sft);
  [params, drilled, trained].forEach(disposeParams);
}

/** Reading drills for a run that wants some. */
function makeDrills(
  config: RunConfig,
  json: (name: string) => Record<string, unknown>,
  modelConfig: ModelConfig,
): Trajectory[] {
  const tokenizer = createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  return Array.from({ length: config.sft.drills?.count ?? 0 }, (_, index) =>
    createDrill(caseRandom(config.seed, index), tokenizer, modelConfig.special.image),
  );
}

async function readAllTrajectories(config: RunConfig): Promise<Trajectory[]> {
  const root = path.join(config.work, 'trajectories');
  const shards = await readdir(root).catch((error: unknown) => {
    throw noTrajectories(config, 'there are no demonstrations.', error);
  });
  const parts: Trajectory[][] = [];
  for (const shard of shards.toSorted()) parts.push(await readTrajectories(path.join(root, shard)));
  return parts.flat();
}

/** Everything in the folder that `data build` made for the model: settings and tokenizer. */
async function readModelFiles(config: RunConfig): Promise<Map<string, Uint8Array>> {
  const folder = path.join(config.work, 'model');
  const names = await readdir(folder).catch((error: unknown) => {
    throw noTrajectories(config, 'there is no tokenizer.', error);
  });
  const files = await Promise.all(names.map((name) => readFile(path.join(folder, name))));
  return new Map(names.map((name, index) => [name, files[index]!]));
}

function noTrajectories(config: RunConfig, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'run-not-built',
    subject: config.work,
    reason,
    remedy: 'Run `agentiad data build` with this configuration first.',
    cause,
  });
}

/** Prints what of the first sample is trained, decoded, so that a wrong mask is seen before an hour is spent. */
function showTrained(
  trajectory: Trajectory,
  mask: MaskStrategy,
  tokenizer: { decode(ids: readonly number[]): string },
): void {
  const ids = trainedPositions(trajectory.segments, mask).map((position) => trajectory.ids[position]!);
  say(`${trajectory.ids.length} tokens, ${ids.length} trained:\n${tokenizer.decode(ids)}`);
}

async function save(
  run: RunConfig,
  config: ModelConfig,
  params: Params,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const folder = path.join(run.work, run.name);
  await mkdir(folder, { recursive: true });
  const others = new Map([...files].filter(([name]) => name !== 'config.json'));
  const contents = {
    card: { ...run.card, scheme: 'f16', tuned: true },
    config: JSON.parse(new TextDecoder().decode(files.get('config.json'))) as Record<string, never>,
    tensors: exportTensors(config, params),
    files: others,
  };
  for await (const { path: name, bytes } of writeContainer(contents)) await writeFile(path.join(folder, name), bytes);
}

async function* exportTensors(config: ModelConfig, params: Params): AsyncGenerator<TensorToWrite> {
  for (const [name, shape] of parameterShapes(config)) {
    const scheme = shape.length === 1 ? 'f32' : 'f16';
    yield { name, shape, scheme, values: await exportParam(config, params, name) };
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `agentiad sft`: supervised fine-tuning of a run, from its trajectories to a model container. */
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { loadModel } from '@agentiad/core/model/loadModel.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import { exportParam, loadParams, parameterCount, parameterShapes } from '@agentiad/core/model/params.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import type { TensorToWrite } from '@agentiad/core/model/writeContainer.ts';
import { writeContainer } from '@agentiad/core/model/writeContainer.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import type { RunConfig } from '../runConfig.ts';
import { readRunConfig } from '../runConfig.ts';
import { trainSft } from '../sft/train.ts';
import { readTrajectories } from '../trajectories/store.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
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
  const selected = await selectBackend(flags.backend);
  const folder = path.join(config.work, 'model');
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(folder)) files.set(name, await readFile(path.join(folder, name)));
  const json = (name: string) => JSON.parse(new TextDecoder().decode(files.get(name))) as Record<string, unknown>;
  const modelConfig = parseModelConfig(json('config.json'));
  const processor = parseProcessorConfig(json('preprocessor_config.json'));
  const trajectories = (await readAllTrajectories(config)).filter(({ mode }) => (config.data.modes[mode] ?? 0) > 0);
  const weights = flags.resume
    ? (await loadModel(openFolder(flags.resume), 'checkpoint')).weights
    : createRandomWeights(modelConfig, config.seed);
  const params = await loadParams(modelConfig, weights);
  say(`${parameterCount(modelConfig)} parameters, ${trajectories.length} trajectories, ${selected.adapter}`);
  showTrained(trajectories[0]!, createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')));

  const metrics = path.join(config.work, `${config.name}.metrics.jsonl`);
  await writeFile(metrics, '');
  const { sft } = config;
  let recent = 0;
  await trainSft({
    params,
    config: modelConfig,
    processor,
    trajectories,
    settings: sft,
    random: createRandom(config.seed),
    afterStep: async (progress, current) => {
      recent = progress.step === 1 ? progress.loss : 0.98 * recent + 0.02 * progress.loss;
      await appendFile(metrics, `${JSON.stringify(progress)}\n`);
      if (progress.step % 20 === 0 || progress.step === 1) {
        say(
          `step ${progress.step}/${sft.steps} loss ${recent.toFixed(4)} norm ${progress.norm.toFixed(2)} ${Math.round(progress.ms)} ms`,
        );
      }
      if (progress.step % flags.saveEvery === 0 || progress.step === sft.steps) {
        await save(config, modelConfig, current, files);
      }
    },
  });
  await selected.dispose();
}

async function readAllTrajectories(config: RunConfig): Promise<Trajectory[]> {
  const root = path.join(config.work, 'trajectories');
  const shards = (await readdir(root)).toSorted();
  const parts: Trajectory[][] = [];
  for (const shard of shards) parts.push(await readTrajectories(path.join(root, shard)));
  return parts.flat();
}

/** Prints what of the first sample is trained, decoded, so that a wrong mask is seen before an hour is spent. */
function showTrained(trajectory: Trajectory, tokenizer: { decode(ids: readonly number[]): string }): void {
  const ids = trainedPositions(trajectory.segments, 'all-assistant').map((position) => trajectory.ids[position]!);
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

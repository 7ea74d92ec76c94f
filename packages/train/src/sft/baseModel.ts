/** The model that a run starts from: its tokenizer and settings, and its weights, random or those of a folder. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import { isJsonObject, parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { limitViews } from '../host/limitViews.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import type { RunConfig } from '../run/config.ts';
import { checkSizes } from '../trajectories/runModel.ts';

export interface BaseModel {
  /** Folder of the weights, or the run's name where they are random. */
  readonly name: string;
  /** SHA-256 of the weights it starts from; null where they are random. */
  readonly sha256: string | null;
  /** `config.json` as it is. */
  readonly json: JsonObject;
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: WeightSource;
  /** Tokenizer, processor settings, chat template. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'chat_template.jinja',
  'chat_template.json',
];

/** `from`: folder of weights to start from, instead of those that the configuration names. */
export async function openBaseModel(run: RunConfig, from?: string): Promise<BaseModel> {
  const folder = 'checkpoint' in run.model ? run.model.checkpoint : path.join(run.work, 'model');
  const names = await readdir(folder).catch((error: unknown) => {
    if (!('checkpoint' in run.model)) throw notBuilt(run.work, 'there is no model with a tokenizer.', error);
    throw new UserError({
      code: 'run-no-checkpoint',
      subject: folder,
      reason: 'the run starts from this model folder (model.checkpoint), which is not there.',
      remedy: 'Make it first (it may be what another run writes), or name another one.',
      cause: error,
    });
  });
  const files = new Map<string, Uint8Array>();
  for (const name of FILES.filter((file) => names.includes(file))) {
    files.set(name, await readFile(path.join(folder, name)));
  }
  const json = await readConfig(folder);
  const config = parseModelConfig(json);
  const part = (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw notBuilt(folder, `${name} is missing.`);
    return parseJsonObject(bytes, path.join(folder, name));
  };
  const viewPixels = 'checkpoint' in run.model ? run.model.viewPixels : undefined;
  const preprocessor = part('preprocessor_config.json');
  const processor = limitViews(parseProcessorConfig(preprocessor), viewPixels);
  if (viewPixels !== undefined) {
    // What is trained with smaller views is to be run with them.
    const limits = { min_pixels: processor.minPixels, max_pixels: processor.maxPixels };
    files.set('preprocessor_config.json', encodeUtf8(`${JSON.stringify({ ...preprocessor, ...limits }, null, 2)}\n`));
  }
  const tokenizer = createTokenizer(part('tokenizer.json'), part('tokenizer_config.json'));
  checkSizes(run, { config, processor, tokenizer });
  const start = from ?? ('checkpoint' in run.model ? folder : null);
  const loaded = start === null ? null : await loadModelFolder(start);
  return {
    name: start ?? run.name,
    sha256: loaded?.card.sha256 ?? null,
    json,
    config,
    processor,
    tokenizer,
    weights: loaded?.weights ?? createRandomWeights(config, run.seed),
    files,
  };
}

/** Of a container it is inside the manifest. */
async function readConfig(folder: string): Promise<JsonObject> {
  const manifest = path.join(folder, manifestFile);
  if (await stat(manifest).catch(() => null)) {
    const { config } = parseJsonObject(await readFile(manifest), manifest);
    if (isJsonObject(config)) return config;
  }
  const file = path.join(folder, 'config.json');
  const bytes = await readFile(file).catch((error: unknown) => {
    throw notBuilt(folder, 'there is no config.json.', error);
  });
  return parseJsonObject(bytes, file);
}

export function notBuilt(subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'run-not-built',
    subject,
    reason,
    remedy: 'Run `agentiad data build` with this configuration first.',
    cause,
  });
}

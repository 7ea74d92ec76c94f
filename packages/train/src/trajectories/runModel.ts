/** The model that a run's demonstrations are rendered for: its tokenizer, template and image sizes. Weights stay on disk. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { limitViews } from '../host/limitViews.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { nanoConfig, nanoProcessorConfig } from '../nano/folder.ts';
import type { RunConfig } from '../run/config.ts';

const FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'chat_template.jinja',
] as const;

/** The checkpoint that the run starts from, or the tokenizer that `data build` learned; null before it learned one. */
export async function openRunModel({ model, work }: Pick<RunConfig, 'model' | 'work'>): Promise<LoadedModel | null> {
  if ('checkpoint' in model) {
    const { config, tokenizer, processor, chatTemplate } = await loadModelFolder(model.checkpoint);
    return withoutWeights(config, tokenizer, limitViews(processor, model.viewPixels), chatTemplate);
  }
  const folder = path.join(work, 'model');
  const texts = await Promise.all(FILES.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => null)));
  const entries = FILES.flatMap((name, index): [string, string][] =>
    texts[index] == null ? [] : [[name, texts[index]]],
  );
  if (entries.length < FILES.length) return null;
  const built = modelWithoutWeights(new Map(entries));
  checkSizes({ model, work }, { ...built.backbone, processor: built.processor });
  return built;
}

/** Throws a UserError when the model in the run's work folder was built with other sizes than the run now has. */
export function checkSizes(
  { model, work }: Pick<RunConfig, 'model' | 'work'>,
  built: { readonly config: ModelConfig; readonly processor: ProcessorConfig; readonly tokenizer: Tokenizer },
): void {
  if ('checkpoint' in model) return;
  const { config, processor } = built;
  const wanted = {
    config: parseModelConfig(nanoConfig(model, built.tokenizer)),
    processor: parseProcessorConfig(nanoProcessorConfig(model)),
  };
  if (isDeepStrictEqual({ config, processor }, wanted)) return;
  throw new UserError({
    code: 'run-other-sizes',
    subject: path.join(work, 'model'),
    reason: 'the model there was built with other sizes than the run has in `model`.',
    remedy:
      'Put the sizes back, name another `work` folder, or delete this one and run `agentiad data build` once more.',
  });
}

/** A model folder's text files as a model that can render prompts. */
export function modelWithoutWeights(files: ReadonlyMap<string, string>): LoadedModel {
  const json = (name: string) => JSON.parse(files.get(name)!) as object;
  return withoutWeights(
    parseModelConfig(json('config.json')),
    createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')),
    parseProcessorConfig(json('preprocessor_config.json')),
    files.get('chat_template.jinja') ?? null,
  );
}

function withoutWeights(
  config: ModelConfig,
  tokenizer: Tokenizer,
  processor: ProcessorConfig,
  chatTemplate: string | null,
): LoadedModel {
  return {
    backbone: {
      config,
      tokenizer,
      card: {
        id: 'teacher',
        name: 'teacher',
        sha256: '0'.repeat(64),
        scheme: 'none',
        trainedOn: 'nothing: a teacher writes in its place',
        licence: 'MIT',
        commercialUse: 'yes',
        tuned: true,
      },
      createSession() {
        throw new Error('Internal error: a teacher has no weights to run');
      },
      dispose() {},
    },
    processor,
    chatTemplate,
  };
}

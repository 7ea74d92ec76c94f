/** The model that a run's demonstrations are rendered for: its tokenizer, template and image sizes. Weights stay on disk. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { limitViews } from '../host/limitViews.ts';
import { loadModelFolder } from '../host/loadModel.ts';
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
  return entries.length === FILES.length ? modelWithoutWeights(new Map(entries)) : null;
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

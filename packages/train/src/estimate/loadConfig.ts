/** The architecture that a run trains, from files and settings alone: no weights are read. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { readUserFile } from '../host/files.ts';
import { ADDED_TOKENS } from '../nano/bpe.ts';
import { nanoFiles, nanoTokenizerFiles } from '../nano/folder.ts';
import type { RunConfig } from '../run/config.ts';

export async function architectureOf(run: RunConfig): Promise<ModelConfig> {
  const { model } = run;
  if ('checkpoint' in model) {
    const container = path.join(model.checkpoint, manifestFile);
    if (await exists(container)) return parseModelConfig((await readJson(container))['config']);
    return parseModelConfig(await readJson(path.join(model.checkpoint, 'config.json')));
  }
  const built = path.join(run.work, 'model', 'config.json');
  if (await exists(built)) return parseModelConfig(await readJson(built));
  // Before the tokenizer was learned: the size it is meant to have.
  const files = nanoFiles(model, nanoTokenizerFiles([], 256 + ADDED_TOKENS.length));
  const config = parseModelConfig(JSON.parse(files.get('config.json')!));
  return { ...config, text: { ...config.text, vocabSize: model.vocabSize } };
}

async function readJson(file: string) {
  return parseJsonObject(await readUserFile(file), file);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}

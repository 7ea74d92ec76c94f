/** A nano model small enough for tests: real tokenizer, real files, weights written by hand. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemPrompt, userPrompt } from '@agentiad/core/agent/prompt.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { embeddingName, parameterShapes } from '@agentiad/core/model/params.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { elementCount } from '@agentiad/core/model/safetensors.ts';
import type { TensorToWrite } from '@agentiad/core/model/writeContainer.ts';
import { writeContainer } from '@agentiad/core/model/writeContainer.ts';
import { MODE_NAMES, MODES } from '@agentiad/core/protocol/modes.ts';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { NanoSizes } from './folder.ts';
import { nanoFiles, nanoTokenizerFiles } from './folder.ts';

export const TINY_SIZES: NanoSizes = {
  vocabSize: 1200,
  hiddenSize: 32,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  intermediateSize: 48,
  mropeSection: [1, 2, 1],
  vision: { hiddenSize: 16, depth: 2, heads: 2, intermediateSize: 24, fullAttentionBlocks: [1] },
  viewPixels: 56 * 56,
};

/** Text files of the tiny model; its tokenizer has read the prompts, so that sequences stay short. */
export function tinyNanoFiles(): Map<string, string> {
  const prompts = MODE_NAMES.flatMap((mode) => [
    systemPrompt(MODES[mode]),
    ...userPrompt({ category: 'washer', types: ['scratch', 'dent'], offered: MODES[mode] }).map((part) =>
      part.type === 'text' ? part.text : '',
    ),
    '<answer>{"anomaly_present": true, "top_anomaly": "scratch"}</answer>',
    '<answer>{"anomaly_present": false, "top_anomaly": "none"}</answer>',
  ]);
  // Twice: only what repeats is merged.
  return nanoFiles(TINY_SIZES, nanoTokenizerFiles([...prompts, ...prompts], TINY_SIZES.vocabSize));
}

/** What the written model answers: its score by construction. */
export const TINY_SCORE = 0.8;

/**
 * How much the written model wants each token, wherever it stands: a tool call (of `difference`, if there is one) as long
 * as the grammar allows one, else the answer, `true` in four cases of five.
 */
function preference(token: string | null): number {
  if (token === '<tool_call>') return 3;
  if (token?.startsWith('<a')) return 2.5;
  if (token === '<') return 2;
  if (token === '"') return 1.6; // short descriptions
  if (token === 'a') return 1.5;
  if (token?.startsWith('di')) return 1.4;
  if (token === 'd') return 1.3;
  if (token === ']') return 1.2; // and few of them
  if (token === ' true') return 1 + Math.log(TINY_SCORE / (1 - TINY_SCORE)) / TINY_SIZES.hiddenSize;
  if (token === ' false') return 1;
  return 0.5;
}

/**
 * Writes a container of the tiny model to `folder`. Not tuned: the grammar makes its turns valid. All layers are idle
 * and every row of the tied embedding points the same way, so the next token follows `preference` alone.
 */
export async function writeTinyModel(folder: string): Promise<void> {
  const { tokenizer } = tinyParts(tinyNanoFiles());
  await writeTinyContainer(folder, {
    trainedOn: 'nothing: its weights are written by hand',
    valuesOf(name, shape) {
      const values = new Float32Array(elementCount(shape));
      if (name === embeddingName) {
        for (let id = 0; id < shape[0]!; id++) {
          values.fill(preference(tokenizer.textOf(id)), id * shape[1]!, (id + 1) * shape[1]!);
        }
      } else if (shape.length === 1 && name.endsWith('weight')) values.fill(1);
      return values;
    },
  });
}

/** How much more the restless model wants to end its turn than random weights would: at about every second place. */
const RESTLESS = 10;

/** The tiny model with random weights, whose turns end by themselves now and then; `config` replaces fields of its own. */
export async function writeRestlessModel(folder: string, options: Pick<TinyOptions, 'config' | 'preprocessor'> = {}) {
  const { tokenizer, config } = tinyParts(tinyNanoFiles());
  const random = createRandomWeights(config, 1);
  const end = tokenizer.idOf('<|im_end|>')!;
  await writeTinyContainer(folder, {
    ...options,
    trainedOn: 'nothing: its weights are random',
    async valuesOf(name, shape) {
      const values = await random.read(name);
      const width = shape[1]!;
      if (name === embeddingName) for (let i = end * width; i < (end + 1) * width; i++) values[i]! *= RESTLESS;
      return values;
    },
  });
}

interface TinyOptions {
  readonly trainedOn: string;
  valuesOf(name: string, shape: readonly number[]): Float32Array | Promise<Float32Array>;
  /** Fields that replace those of `config.json` and of `preprocessor_config.json`. */
  readonly config?: JsonObject;
  readonly preprocessor?: JsonObject;
}

async function writeTinyContainer(folder: string, options: TinyOptions): Promise<void> {
  const files = tinyNanoFiles();
  const { json, config } = tinyParts(files);
  const preprocessor = { ...json('preprocessor_config.json'), ...options.preprocessor };
  files.set('preprocessor_config.json', JSON.stringify(preprocessor));
  const tensors = async function* (): AsyncGenerator<TensorToWrite> {
    for (const [name, shape] of parameterShapes(config)) {
      yield { name, shape, scheme: 'f32', values: await options.valuesOf(name, shape) };
    }
  };
  const container = writeContainer({
    card: {
      id: 'tiny',
      name: 'tiny',
      scheme: 'f32',
      trainedOn: options.trainedOn,
      licence: 'MIT',
      commercialUse: 'yes',
      tuned: false,
    },
    config: { ...json('config.json'), ...options.config },
    tensors: tensors(),
    files: new Map(
      [...files].filter(([name]) => name !== 'config.json').map(([name, text]) => [name, encodeUtf8(text)]),
    ),
  });
  await mkdir(folder, { recursive: true });
  for await (const { path: name, bytes } of container) await writeFile(path.join(folder, name), bytes);
}

function tinyParts(files: ReadonlyMap<string, string>) {
  const json = (name: string) => JSON.parse(files.get(name)!) as JsonObject;
  return {
    json,
    config: parseModelConfig(json('config.json')),
    tokenizer: createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')),
  };
}

/**
 * A Hugging Face checkpoint of Qwen2.5-VL as the files of our container. Streams: at any time one chunk and a few
 * megabytes of one tensor are in memory.
 */
import { parseProcessorConfig } from '../image/processorConfig.ts';
import { portableSha256 } from '../support/hash.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { cardFor, licenceFiles, modelId, type CardIdentity } from './cardPresets.ts';
import { openCheckpoint, refuseQuantisedConfig, type Checkpoint } from './checkpoint.ts';
import { parseModelConfig } from './config.ts';
import type { ContainerCard } from './containerManifest.ts';
import { encodeWeights } from './encodeWeights.ts';
import { openLoraAdapter } from './loraAdapter.ts';
import { proveChanges } from './mergeProof.ts';
import { packContainer, type Packing, type PackOptions } from './packContainer.ts';
import { checkTensor, parameterShapes } from './params.ts';
import { elementCount } from './safetensors.ts';
import { schemePolicy, type SchemeChoice } from './weightSchemePolicy.ts';
import type { ByteSource } from './weightSource.ts';

export interface ConvertOptions extends SchemeChoice, PackOptions {
  /** Replaces what the card would say. */
  readonly card?: Partial<Omit<CardIdentity, 'id'>> & { readonly tuned?: boolean };
  /** A PEFT LoRA to merge, and what it is called. */
  readonly adapter?: { readonly source: ByteSource; readonly name: string };
}

export interface Conversion extends Packing {
  readonly card: ContainerCard;
  readonly config: JsonObject;
  readonly checkpoint: Checkpoint;
  readonly weightCount: number;
  /** Tensors of the checkpoint that the architecture does not have, such as the head of a model whose head is tied. */
  readonly ignored: readonly string[];
}

/** Needed by `loadModel`, and the ones that go along if they are there. */
export const requiredFiles = ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];
const otherFiles = ['chat_template.jinja', 'chat_template.json', 'LICENSE', 'LICENSE.txt', 'LICENSE.md', 'NOTICE'];

/** Checks all that can be checked without reading weights; these are read when the files are asked for. */
export async function convertCheckpoint(
  source: ByteSource,
  folderName: string,
  options: ConvertOptions,
): Promise<Conversion> {
  const { sha256 = portableSha256 } = options;
  const configJson = parseJsonObject(await readRequired(source, 'config.json'), 'config.json');
  refuseQuantisedConfig(configJson);
  const config = parseModelConfig(configJson);
  const files = await readFiles(source);
  const checkpoint = await openCheckpoint(source);
  const shapes = parameterShapes(config);
  for (const [name, shape] of shapes) checkTensor(checkpoint, name, shape);

  const adapter = options.adapter ? await openLoraAdapter(options.adapter.source, shapes) : null;
  const proof = adapter ? proveChanges(checkpoint, adapter, sha256) : null;
  const encoded = encodeWeights(proof?.weights ?? checkpoint, schemePolicy(options));
  const names = [...shapes.keys()];
  const card = {
    ...cardFor(config, folderName, await readFound(source, licenceFiles)),
    scheme: options.scheme,
    trainedOn: 'general images and text, not on inspection',
    tuned: false,
    ...options.card,
  };
  if (options.card?.name) card.id = modelId(options.card.name);
  if (options.adapter) card.trainedOn = `base model with the LoRA ${options.adapter.name}`;

  return {
    ...packContainer({ ...options, card, config: configJson, names, encoded, files, proof }),
    card,
    config: configJson,
    checkpoint,
    weightCount: names.reduce((sum, name) => sum + elementCount(shapes.get(name)!), 0),
    ignored: [...checkpoint.tensors.keys()].filter((name) => !shapes.has(name)),
  };
}

async function readFiles(source: ByteSource): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of requiredFiles) files.set(path, await readRequired(source, path));
  const json = (path: string) => parseJsonObject(files.get(path)!, path);
  // What cannot be read must be said now, not after gigabytes.
  createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  parseProcessorConfig(json('preprocessor_config.json'));
  return new Map([...files, ...(await readFound(source, otherFiles))]);
}

async function readFound(source: ByteSource, paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of paths) {
    const size = await source.size(path);
    if (size !== null) files.set(path, await source.read(path, 0, size));
  }
  return files;
}

async function readRequired(source: ByteSource, path: string): Promise<Uint8Array> {
  const size = await source.size(path);
  if (size !== null) return source.read(path, 0, size);
  throw new UserError({
    code: 'missing-file',
    subject: path,
    reason: 'is missing from the checkpoint.',
    remedy: 'Give the folder of a Hugging Face checkpoint, with all its small files.',
  });
}

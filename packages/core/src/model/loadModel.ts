/** Opens a model folder of either kind, our container or a Hugging Face checkpoint; the same code in browser and Node. */
import { strFromU8 } from 'fflate';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import type { ProcessorConfig } from '../image/processor.ts';
import { portableSha256 } from '../support/hash.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelCard } from './backbone.ts';
import { checkpointIdentity, openCheckpoint, refuseQuantisedConfig } from './checkpoint.ts';
import { parseModelConfig, type ModelConfig } from './config.ts';
import { openContainer } from './container.ts';
import { manifestFile } from './containerManifest.ts';
import { encodeWeights } from './encodeWeights.ts';
import { exactPolicy } from './weightSchemePolicy.ts';
import type { ByteSource, EncodedWeights, RowSource } from './weightSource.ts';

export interface LoadedModel {
  readonly config: ModelConfig;
  /** Read on demand; `loadParams` checks that they are what `config` asks for. */
  readonly weights: RowSource;
  /**
   * The same weights for the engine: a container's as they are stored, a checkpoint's with their exact values (for
   * another choice: `encodeWeights(weights, schemePolicy(…))`).
   */
  readonly encoded: EncodedWeights;
  readonly tokenizer: Tokenizer;
  readonly processor: ProcessorConfig;
  readonly card: ModelCard;
  /** Jinja source of the checkpoint's own chat template, if it has one. */
  readonly chatTemplate: string | null;
}

/** A model folder before its parts are parsed. */
interface ModelFolder {
  readonly config: JsonObject;
  readonly card: ModelCard;
  readonly weights: RowSource;
  readonly encoded: EncodedWeights;
  readFile(path: string): Promise<Uint8Array | null>;
}

/** Opens the model in `source`, naming it `name` unless its card says otherwise. Throws a UserError for any defect. */
export async function loadModel(source: ByteSource, name: string, sha256 = portableSha256): Promise<LoadedModel> {
  const isContainer = (await source.size(manifestFile)) !== null;
  const folder = isContainer ? await openContainer(source, sha256) : await openHub(source, name);
  const config = parseModelConfig(folder.config);
  const tokenizerConfig = await readJson(folder, 'tokenizer_config.json');
  return {
    config,
    weights: folder.weights,
    encoded: folder.encoded,
    tokenizer: createTokenizer(await readJson(folder, 'tokenizer.json'), tokenizerConfig),
    processor: parseProcessorConfig(await readJson(folder, 'preprocessor_config.json')),
    card: folder.card,
    chatTemplate: await readChatTemplate(folder, tokenizerConfig),
  };
}

async function openHub(source: ByteSource, name: string): Promise<ModelFolder> {
  const readFile = async (path: string) => {
    const size = await source.size(path);
    return size === null ? null : source.read(path, 0, size);
  };
  const configBytes = await readFile('config.json');
  if (!configBytes) {
    throw new UserError({
      code: 'no-model',
      subject: name,
      reason: `holds no model: neither ${manifestFile} nor config.json is there.`,
      remedy: 'Give the folder of a converted model or of a Hugging Face checkpoint.',
    });
  }
  const config = parseJsonObject(configBytes, 'config.json');
  refuseQuantisedConfig(config);
  parseModelConfig(config); // another architecture is named as such, whatever its weights look like
  const checkpoint = await openCheckpoint(source);
  return {
    config,
    weights: checkpoint,
    encoded: encodeWeights(checkpoint, exactPolicy),
    readFile,
    card: {
      id: name,
      name,
      sha256: await checkpointIdentity(source, checkpoint),
      scheme: (checkpoint.tensors.get('model.embed_tokens.weight')?.dtype ?? 'unknown').toLowerCase(),
      trainedOn: 'not stated by the checkpoint',
      licence: 'see the licence that came with the checkpoint',
      commercialUse: 'ask',
      tuned: false,
    },
  };
}

async function readJson(folder: ModelFolder, path: string): Promise<JsonObject> {
  const bytes = await folder.readFile(path);
  if (bytes) return parseJsonObject(bytes, path);
  throw new UserError({
    code: 'missing-file',
    subject: path,
    reason: 'is missing from the model folder.',
    remedy: 'Copy it from where the weights came.',
  });
}

/** Checkpoints keep the template in a file of its own (two forms) or inside the tokenizer's settings. */
async function readChatTemplate(folder: ModelFolder, tokenizerConfig: JsonObject): Promise<string | null> {
  const jinja = await folder.readFile('chat_template.jinja');
  if (jinja) return strFromU8(jinja);
  const json = await folder.readFile('chat_template.json');
  const template = (json ? parseJsonObject(json, 'chat_template.json') : tokenizerConfig)['chat_template'];
  return typeof template === 'string' ? template : null;
}

/**
 * A Hugging Face checkpoint of Qwen2.5-VL as the files of our container. Streams: at any time one chunk and a few
 * megabytes of one tensor are in memory.
 */
import { parseProcessorConfig } from '../image/processorConfig.ts';
import { portableSha256, type Sha256 } from '../support/hash.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { AbortSignalLike } from './backbone.ts';
import { cardFor, licenceFiles, modelId, type CardIdentity } from './cardPresets.ts';
import { openCheckpoint, refuseQuantisedConfig, type Checkpoint } from './checkpoint.ts';
import { parseModelConfig } from './config.ts';
import {
  containerFormat,
  containerVersion,
  manifestFile,
  type ContainerCard,
  type ContainerFile,
  type ContainerManifest,
} from './containerManifest.ts';
import { createChunkMaker, planContainer, type ContainerPlan } from './containerPlan.ts';
import { encodeWeights } from './encodeWeights.ts';
import { openLoraAdapter } from './loraAdapter.ts';
import { proveChanges, type MergeReport } from './mergeProof.ts';
import { checkTensor, parameterShapes } from './params.ts';
import { elementCount } from './safetensors.ts';
import { schemePolicy, type SchemeChoice } from './weightSchemePolicy.ts';
import type { ByteSource } from './weightSource.ts';
import { largestChunk, type OutputFile } from './writeContainer.ts';

export interface ConvertOptions extends SchemeChoice {
  /** Replaces what the card would say. */
  readonly card?: Partial<Omit<CardIdentity, 'id'>> & { readonly tuned?: boolean };
  /** A PEFT LoRA to merge, and what it is called. */
  readonly adapter?: { readonly source: ByteSource; readonly name: string };
  readonly sha256?: Sha256;
  /** Looked at between pieces; an aborted conversion throws a UserError (`interrupted`). */
  readonly signal?: AbortSignalLike;
  /** Told how many of `storedBytes` have been made. */
  readonly onProgress?: (doneBytes: number) => void;
}

export interface Conversion {
  readonly card: ContainerCard;
  readonly config: JsonObject;
  readonly checkpoint: Checkpoint;
  /** Weights are read in the order of its tensors. */
  readonly plan: ContainerPlan;
  readonly weightCount: number;
  /** Bytes of all files but the manifest. */
  readonly storedBytes: number;
  /** Tensors of the checkpoint that the architecture does not have, such as the head of a model whose head is tied. */
  readonly ignored: readonly string[];
  /**
   * The files, the manifest last; without those that are `known`, as an earlier conversion of the same left them. Throws
   * a UserError for bad weights. Returns what the adapter changed, proven.
   */
  files(known?: ReadonlyMap<string, ContainerFile>): AsyncGenerator<OutputFile, MergeReport | null>;
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
  const plan = planContainer(new Map(names.map((name) => [name, encoded.tensors.get(name)!])), largestChunk);
  const card = {
    ...cardFor(config, folderName, await readFound(source, licenceFiles)),
    scheme: options.scheme,
    trainedOn: 'general images and text, not on inspection',
    tuned: false,
    ...options.card,
  };
  if (options.card?.name) card.id = modelId(options.card.name);
  if (options.adapter) card.trainedOn = `base model with the LoRA ${options.adapter.name}`;

  async function* write(
    known: ReadonlyMap<string, ContainerFile> = new Map(),
  ): AsyncGenerator<OutputFile, MergeReport | null> {
    let done = 0;
    const count = (bytes: number) => options.onProgress?.((done += bytes));
    const makeChunk = createChunkMaker(plan, encoded, (bytes) => {
      if (options.signal?.aborted) throw interrupted();
      count(bytes);
    });
    const describe = async ({ path, bytes }: OutputFile): Promise<ContainerFile> => {
      return { path, length: bytes.length, sha256: await sha256.hex(bytes) };
    };
    const chunks: ContainerFile[] = [];
    for (const [index, { path, length }] of plan.chunks.entries()) {
      const stored = known.get(path);
      if (stored?.length === length) {
        chunks.push(stored);
        continue;
      }
      const output = { path, bytes: await makeChunk(index) };
      chunks.push(await describe(output));
      yield output;
    }
    const others: ContainerFile[] = [];
    for (const [path, bytes] of files) {
      const output = await describe({ path, bytes });
      others.push(output);
      if (known.get(path)?.sha256 === output.sha256) continue;
      count(bytes.length);
      yield { path, bytes };
    }
    // A merge that cannot be proven leaves no manifest.
    const report = proof?.report(names) ?? null;
    yield manifestOutput(card, configJson, plan.tensors, chunks, others);
    return report;
  }

  const lengths = [...plan.chunks, ...files.values()].map(({ length }) => length);
  return {
    card,
    config: configJson,
    checkpoint,
    plan,
    weightCount: names.reduce((sum, name) => sum + elementCount(shapes.get(name)!), 0),
    storedBytes: lengths.reduce((sum, length) => sum + length, 0),
    ignored: [...checkpoint.tensors.keys()].filter((name) => !shapes.has(name)),
    files: write,
  };
}

function manifestOutput(
  card: ContainerCard,
  config: JsonObject,
  tensors: ContainerManifest['tensors'],
  chunks: readonly ContainerFile[],
  files: readonly ContainerFile[],
): OutputFile {
  const manifest: ContainerManifest = {
    format: containerFormat,
    version: containerVersion,
    card,
    config,
    tensors,
    chunks,
    files,
  };
  return { path: manifestFile, bytes: encodeUtf8(`${JSON.stringify(manifest, null, 1)}\n`) };
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

function interrupted(): UserError {
  return new UserError({
    code: 'interrupted',
    subject: 'The conversion',
    reason: 'was interrupted.',
    remedy: 'Nothing was kept; start it again.',
  });
}

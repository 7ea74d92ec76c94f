/**
 * A stock Hugging Face checkpoint: read in ranges, quantised row by row and stored as our container, chunk by chunk, so
 * that neither the disk nor the memory ever holds the original. Chunks are journaled: a break costs one chunk.
 */
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { openCheckpoint, refuseQuantisedConfig, type Checkpoint } from '@agentiad/core/model/checkpoint.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import {
  containerFormat,
  containerVersion,
  type ContainerFile,
  type ContainerManifest,
} from '@agentiad/core/model/containerManifest.ts';
import { createChunkMaker, planContainer, type ContainerPlan } from '@agentiad/core/model/containerPlan.ts';
import { encodeWeights } from '@agentiad/core/model/encodeWeights.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { schemePolicy, type WeightPolicy } from '@agentiad/core/model/weightSchemePolicy.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { largestChunk } from '@agentiad/core/model/writeContainer.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { parseJsonObject, type JsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { browserSha256 } from './checkedFile.ts';
import { modelId, storeLast } from './containerOffer.ts';
import { writeWhole } from './disk.ts';
import type { FetchJob } from './fetchFiles.ts';
import { licenceOf } from './licence.ts';
import { originOf, sizesOf, type ModelOffer } from './modelRecord.ts';
import type { ModelSource } from './modelSource.ts';
import { createReadAhead } from './readAhead.ts';
import type { SourceFolder } from './sourceFolder.ts';

export interface CheckpointOffer extends ModelOffer {
  readonly kind: 'checkpoint';
  readonly config: JsonObject;
  readonly plan: ContainerPlan;
  readonly policy: WeightPolicy;
  /** Tokenizer, processor settings, chat template. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** From here on int4; smaller models suffer from it and do not need it. */
const int4Parameters = 5e8;
const neededFiles = ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];
const otherFiles = ['chat_template.jinja', 'chat_template.json', 'generation_config.json'];

/**
 * Null when the source has no config.json. Reads headers and small files only; throws a UserError for another
 * architecture, a quantised checkpoint, and whatever would stop the conversion later.
 */
export async function lookForCheckpoint(source: ModelSource, folder: SourceFolder): Promise<CheckpointOffer | null> {
  const configBytes = await readOptional(folder, 'config.json');
  if (!configBytes) return null;
  const config = parseJsonObject(configBytes, 'config.json');
  refuseQuantisedConfig(config);
  const shapes = parameterShapes(parseModelConfig(config));
  const files = await readSmallFiles(folder);
  const checkpoint = await openCheckpoint(folder);
  const tensors = wantedTensors(checkpoint, shapes);
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + count(shape), 0);
  const scheme = parameters >= int4Parameters ? 'q4' : 'q8';
  const policy = schemePolicy({ scheme });
  const encoded = new Map(
    Array.from(tensors, ([name, info]) => [name, { shape: info.shape, scheme: policy(name, info) }] as const),
  );
  const plan = planContainer(encoded, largestChunk);
  const readme = await readOptional(folder, 'README.md');
  const card = {
    id: source.name,
    name: source.name,
    scheme,
    trainedOn: 'general images and text, not on inspection',
    ...licenceOf(readme && new TextDecoder().decode(readme)),
    tuned: false,
  };
  const shards = [...new Set([...tensors.values()].map(({ file }) => file))];
  const identity = await Promise.all(
    shards.map(async (file) => [file, await folder.size(file), await folder.stamp(file)]),
  );
  const place = source.kind === 'url' ? source.address : source.name;
  const chunksAndFiles = [
    ...plan.chunks.map(({ length }) => length),
    ...[...files.values()].map(({ length }) => length),
  ];
  return {
    id: modelId(sha256Hex(new TextEncoder().encode(JSON.stringify([place, sha256Hex(configBytes), scheme, identity])))),
    card,
    kind: 'checkpoint',
    origin: originOf(source),
    fetchedBytes: [...tensors.values()].reduce((sum, { begin, end }) => sum + end - begin, 0),
    storedBytes: chunksAndFiles.reduce((sum, length) => sum + length, 0),
    sizes: sizesOf(config, plan.tensors),
    config,
    plan,
    policy,
    files,
  };
}

/** Quantises and stores what the journal does not have. */
export async function storeCheckpoint(offer: CheckpointOffer, job: FetchJob): Promise<void> {
  const { plan, policy } = offer;
  const checkpoint = await openCheckpoint(createReadAhead(job.source));
  const only = new Map(plan.tensors.map(({ name }) => [name, checkpoint.tensors.get(name)!]));
  const weights = encodeWeights({ ...checkpoint, tensors: only }, policy);
  const makeChunk = createChunkMaker(plan, weights, () => job.signal.throwIfAborted());
  const files: ContainerFile[] = [];
  for (const [path, bytes] of offer.files)
    files.push(await storeFile(job, path, bytes.length, () => Promise.resolve(bytes)));
  const chunks: ContainerFile[] = [];
  for (const [index, { path, length }] of plan.chunks.entries()) {
    job.signal.throwIfAborted();
    chunks.push(await storeFile(job, path, length, () => makeChunk(index)));
  }
  const manifest: ContainerManifest = {
    format: containerFormat,
    version: containerVersion,
    card: offer.card,
    config: offer.config,
    tensors: plan.tensors,
    chunks,
    files,
  };
  await storeLast(job, new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
}

/** Writes what `make` gives, unless it is there, and compares what the disk gives back. */
async function storeFile(
  { folder, journal, hasher, meter }: FetchJob,
  path: string,
  length: number,
  make: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<ContainerFile> {
  const known = journal.entries.get(path);
  if (known?.length === length) return known;
  const bytes = await make();
  const entry = { path, length, sha256: await browserSha256.hex(bytes) };
  await writeWhole(folder, path, bytes);
  const file = await folder.open(path);
  try {
    if ((await hasher.hash(file, length)) !== entry.sha256) throw badDisk(path);
  } finally {
    file.close();
  }
  journal.add(entry);
  meter.add(length);
  return entry;
}

/** The tensors of `shapes`, as they lie in the files: reading goes forward only. */
function wantedTensors({ tensors }: Checkpoint, shapes: ReadonlyMap<string, readonly number[]>) {
  for (const [name, shape] of shapes) {
    const found = tensors.get(name);
    if (!found) throw notThisModel(name, 'is not in the checkpoint.');
    if (found.shape.join() !== shape.join()) {
      throw notThisModel(
        name,
        `has the shape [${found.shape.join(', ')}], but config.json asks for [${shape.join(', ')}].`,
      );
    }
  }
  const wanted = [...tensors].filter(([name]) => shapes.has(name));
  return new Map(wanted.sort(([, a], [, b]) => a.file.localeCompare(b.file) || a.begin - b.begin));
}

async function readSmallFiles(folder: ByteSource): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of [...neededFiles, ...otherFiles]) {
    const bytes = await readOptional(folder, path);
    if (bytes) files.set(path, Uint8Array.from(bytes));
    else if (neededFiles.includes(path)) throw missingFile(path);
  }
  const json = (path: string) => parseJsonObject(files.get(path)!, path);
  // What cannot be read must be said now, not after gigabytes.
  createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  parseProcessorConfig(json('preprocessor_config.json'));
  return files;
}

async function readOptional(folder: ByteSource, path: string): Promise<Uint8Array | null> {
  const size = await folder.size(path);
  return size === null ? null : folder.read(path, 0, size);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function missingFile(path: string): UserError {
  return new UserError({
    code: 'missing-file',
    subject: path,
    reason: 'is missing from the checkpoint.',
    remedy: 'Copy it from where the weights came; the model cannot be used without it.',
  });
}

function notThisModel(name: string, reason: string): UserError {
  return new UserError({
    code: 'model-weights',
    subject: `tensor ${name}`,
    reason,
    remedy: 'Take the weights with the config.json that belongs to them.',
  });
}

function badDisk(path: string): UserError {
  return new UserError({
    code: 'disk-wrong',
    subject: path,
    reason: 'was written, but the disk gives back something else.',
    remedy: 'Check the disk, then resume.',
  });
}

/** `manifest.json` of our model container (schema/model.schema.json): its types and the check of one read from outside. */
import { isJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { ModelCard } from './backbone.ts';
import { isWeightSchemeName, storedLayout, weightSchemeNames, type WeightSchemeName } from './weightSchemes.ts';

export const containerFormat = 'agentiad-model';
export const containerVersion = 1;
export const manifestFile = 'manifest.json';

/** Everything of the card but the hash, which is that of the manifest itself. */
export type ContainerCard = Omit<ModelCard, 'sha256'>;

/** A file of the container: its length in bytes and SHA-256. */
export interface ContainerFile {
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
}

/** A tensor's bytes start at `offset` of chunk number `chunk` and go on at the start of the following chunks. */
export interface ContainerTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scheme: WeightSchemeName;
  readonly chunk: number;
  readonly offset: number;
  readonly length: number;
}

export interface ContainerManifest {
  readonly format: typeof containerFormat;
  readonly version: typeof containerVersion;
  readonly card: ContainerCard;
  /** Architecture in the words of a Hugging Face `config.json`. */
  readonly config: JsonObject;
  readonly tensors: readonly ContainerTensor[];
  readonly chunks: readonly ContainerFile[];
  /** Tokenizer, processor settings and chat template. */
  readonly files: readonly ContainerFile[];
}

/** Throws a UserError when `json` is no manifest, one of another version, or its tensor table does not add up. */
export function checkManifest(json: JsonObject): ContainerManifest {
  if (json['format'] !== containerFormat) {
    throw badManifest('does not describe a model of this program.', 'Convert the checkpoint with `agentiad convert`.');
  }
  if (json['version'] !== containerVersion) {
    throw badManifest(
      `has the format version ${JSON.stringify(json['version'])}; this program reads version ${containerVersion}.`,
      'Convert the checkpoint again, or use the program version that made it.',
      'container-version',
    );
  }
  const { card, config, tensors, chunks, files } = json;
  if (!isCard(card)) throw badManifest('has no complete model card.');
  if (!isJsonObject(config)) throw badManifest('has no architecture (config).');
  if (!isListOf(chunks, isFile)) throw badManifest('has no valid list of chunks.');
  if (!isListOf(files, isFile)) throw badManifest('has no valid list of files.');
  if (!Array.isArray(tensors)) throw badManifest('has no table of tensors.');
  checkNames([...chunks, ...files]);
  const rooms = roomsFrom(chunks);
  const table = tensors.map((tensor: unknown) => checkTensor(tensor, rooms));
  return { format: containerFormat, version: containerVersion, card, config, tensors: table, chunks, files };
}

/** Every file has a name of its own; the manifest's is taken. */
function checkNames(files: readonly ContainerFile[]): void {
  const seen = new Set([manifestFile]);
  for (const { path } of files) {
    if (seen.has(path)) throw badManifest(path === manifestFile ? `lists ${path} itself.` : `lists ${path} twice.`);
    seen.add(path);
  }
}

/** Bytes from the start of each chunk to the end of the last. */
function roomsFrom(chunks: readonly ContainerFile[]): Float64Array {
  const rooms = new Float64Array(chunks.length + 1);
  for (let index = chunks.length - 1; index >= 0; index--) rooms[index] = rooms[index + 1]! + chunks[index]!.length;
  return rooms;
}

function checkTensor(value: unknown, rooms: Float64Array): ContainerTensor {
  const { name, shape, scheme, chunk, offset, length } = isJsonObject(value) ? value : {};
  if (
    typeof name !== 'string' ||
    !isListOf(shape, isCount) ||
    !isCount(chunk) ||
    !isCount(offset) ||
    !isCount(length)
  ) {
    throw badManifest('has an entry in its table of tensors that cannot be read.');
  }
  if (!isWeightSchemeName(scheme)) {
    throw badManifest(
      `stores ${name} in the scheme ${JSON.stringify(scheme)}; known: ${weightSchemeNames.join(', ')}.`,
      'Use a newer version of this program, or convert the checkpoint again.',
      'unknown-scheme',
    );
  }
  const room = (rooms[chunk] ?? 0) - offset;
  if (length !== storedLayout(scheme, shape).byteLength || room < length) {
    throw badManifest(`gives ${name} a place or a length that does not fit its shape and the chunks.`);
  }
  return { name, shape, scheme, chunk, offset, length };
}

function isCard(value: unknown): value is ContainerCard {
  if (!isJsonObject(value)) return false;
  const texts = [value['id'], value['name'], value['scheme'], value['trainedOn'], value['licence']];
  const isText = texts.every((text) => typeof text === 'string');
  const isFlag = ['boolean', 'undefined'].includes(typeof value['readsSpecification']);
  return (
    isText &&
    ['yes', 'no', 'ask'].includes(String(value['commercialUse'])) &&
    typeof value['tuned'] === 'boolean' &&
    isFlag
  );
}

/** Paths stay inside the folder: one plain name that starts with no dot. */
function isFile(value: unknown): value is ContainerFile {
  if (!isJsonObject(value)) return false;
  const { path, length, sha256 } = value;
  return (
    typeof path === 'string' && /^\w[\w.-]*$/.test(path) && isCount(length) && /^[0-9a-f]{64}$/.test(String(sha256))
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function badManifest(
  reason: string,
  remedy = 'Download or convert the model again.',
  code = 'bad-manifest',
): UserError {
  return new UserError({ code, subject: manifestFile, reason, remedy });
}

/**
 * Reader of our model container: `manifest.json`, chunk files of at most 32 MiB, tokenizer and processor files. Every
 * chunk and file is checked against its SHA-256 before its first use.
 */
import { assert } from '../support/assert.ts';
import { portableSha256, sha256Hex, type Sha256 } from '../support/hash.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { ModelCard } from './backbone.ts';
import { checkManifest, manifestFile, type ContainerFile, type ContainerTensor } from './containerManifest.ts';
import { decodeRows, storedLayout } from './weightSchemes.ts';
import type { ByteSource, EncodedWeights, RowSource, TensorInfo } from './weightSource.ts';

export interface Container {
  readonly config: JsonObject;
  readonly card: ModelCard;
  readonly weights: RowSource;
  /** The same, as stored. */
  readonly encoded: EncodedWeights;
  /** Names of tokenizer, processor and licence files. */
  readonly files: readonly string[];
  /** Checked bytes of a file in the manifest (`tokenizer.json`, …), or null when the container has none. */
  readFile(path: string): Promise<Uint8Array | null>;
}

/** Opens the container in `source`; reads only the manifest. Throws a UserError when that is damaged or too new. */
export async function openContainer(source: ByteSource, sha256: Sha256 = portableSha256): Promise<Container> {
  const size = await source.size(manifestFile);
  if (size === null) throw missing(manifestFile);
  const bytes = await source.read(manifestFile, 0, size);
  const manifest = checkManifest(parseJsonObject(bytes, manifestFile));
  const tensors = new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
  const infos = new Map<string, TensorInfo>(
    manifest.tensors.map(({ name, shape, scheme }) => [name, { shape, dtype: scheme }]),
  );
  const read = createChunkReader(manifest.chunks, source, sha256);
  const find = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw missingTensor(name);
    return tensor;
  };
  const readRows = async (name: string, start: number, end: number) => {
    const tensor = find(name);
    const { rows, rowCodes, rowScales, scalesAt } = storedLayout(tensor.scheme, tensor.shape);
    assert(0 <= start && start <= end && end <= rows, `rows ${start} to ${end} of ${name}`);
    const codes = await gather(tensor, start * rowCodes, end * rowCodes, read);
    const scales = await gather(tensor, scalesAt + start * rowScales, scalesAt + end * rowScales, read);
    return { codes, scales: rowScales > 0 ? scales : null };
  };
  const readValues = async (name: string, start: number, end: number) => {
    const { scheme, shape } = find(name);
    return decodeRows(scheme, await readRows(name, start, end), end - start, storedLayout(scheme, shape).columns);
  };
  return {
    config: manifest.config,
    card: { ...manifest.card, sha256: sha256Hex(bytes) },
    weights: {
      tensors: infos,
      read: async (name) => readValues(name, 0, find(name).shape[0] ?? 1),
      readRows: readValues,
    },
    encoded: { tensors, readRows },
    files: manifest.files.map(({ path }) => path),
    async readFile(path) {
      const file = manifest.files.find((entry) => entry.path === path);
      return file ? readChecked(file, source, sha256) : null;
    },
  };
}

/** Chunks kept in memory: the codes of a matrix and its scales may lie in two. */
const keptChunks = 2;

interface ChunkReader {
  readonly chunks: readonly ContainerFile[];
  /** Bytes [start, end) of a chunk, which may be a view. */
  read(index: number, start: number, end: number): Promise<Uint8Array>;
}

/**
 * A chunk is read whole and checked before its first use. Weights are mostly read in file order, so that the last ones
 * are kept; of a chunk that has been let go of, only the range asked for is read again.
 */
function createChunkReader(chunks: readonly ContainerFile[], source: ByteSource, sha256: Sha256): ChunkReader {
  const kept = new Map<number, Promise<Uint8Array>>();
  const checked = new Set<number>();

  const load = (index: number): Promise<Uint8Array> => {
    const bytes = readChecked(chunks[index]!, source, sha256);
    const oldest = kept.keys().next();
    if (kept.size >= keptChunks && !oldest.done) kept.delete(oldest.value);
    kept.set(index, bytes);
    bytes.then(
      () => checked.add(index),
      () => kept.delete(index), // a chunk that was replaced can be tried again
    );
    return bytes;
  };

  return {
    chunks,
    async read(index, start, end) {
      const whole = kept.get(index) ?? (checked.has(index) ? null : load(index));
      if (whole) return (await whole).subarray(start, end);
      const bytes = await source.read(chunks[index]!.path, start, end);
      if (bytes.length !== end - start) throw damaged(chunks[index]!.path, 'became shorter.', 'wrong-length');
      return bytes;
    },
  };
}

/** Bytes [start, end) of the stored tensor, in a buffer of their own. */
async function gather(
  tensor: ContainerTensor,
  start: number,
  end: number,
  { chunks, read }: ChunkReader,
): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(end - start);
  let index = tensor.chunk;
  let offset = tensor.offset + start;
  for (let filled = 0; filled < out.length; index++) {
    const { length } = chunks[index]!;
    if (offset < length) {
      const piece = await read(index, offset, Math.min(length, offset + out.length - filled));
      out.set(piece, filled);
      filled += piece.length;
    }
    offset = Math.max(0, offset - length);
  }
  return out;
}

async function readChecked(file: ContainerFile, source: ByteSource, sha256: Sha256): Promise<Uint8Array> {
  const size = await source.size(file.path);
  if (size === null) throw missing(file.path);
  if (size !== file.length) {
    throw damaged(file.path, `is ${size} bytes long, but the manifest says ${file.length}.`, 'wrong-length');
  }
  const bytes = await source.read(file.path, 0, size);
  if ((await sha256.hex(bytes)) !== file.sha256) throw damaged(file.path, 'does not match its SHA-256.', 'wrong-hash');
  return bytes;
}

function missing(path: string): UserError {
  return damaged(path, 'is missing from the model folder.', 'missing-file');
}

function damaged(subject: string, reason: string, code: string): UserError {
  return new UserError({ code, subject, reason, remedy: 'Download or convert the model again.' });
}

function missingTensor(name: string): UserError {
  return damaged(manifestFile, `lists no tensor ${name}.`, 'missing-tensor');
}

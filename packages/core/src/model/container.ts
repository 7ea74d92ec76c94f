/**
 * Reader of our model container: `manifest.json`, chunk files of at most 32 MiB, tokenizer and processor files. Every
 * chunk and file is checked against its SHA-256 before its first use.
 */
import { sha256Hex } from '../support/hash.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { ModelCard } from './backbone.ts';
import { checkManifest, manifestFile, type ContainerFile, type ContainerTensor } from './containerManifest.ts';
import { weightScheme } from './weightSchemes.ts';
import type { ByteSource, TensorInfo, WeightSource } from './weightSource.ts';

export interface Container {
  readonly config: JsonObject;
  readonly card: ModelCard;
  readonly weights: WeightSource;
  /** Checked bytes of a file in the manifest (`tokenizer.json`, …), or null when the container has none. */
  readFile(path: string): Promise<Uint8Array | null>;
}

/** Opens the container in `source`; reads only the manifest. Throws a UserError when that is damaged or too new. */
export async function openContainer(source: ByteSource): Promise<Container> {
  const size = await source.size(manifestFile);
  if (size === null) throw missing(manifestFile);
  const bytes = await source.read(manifestFile, 0, size);
  const manifest = checkManifest(parseJsonObject(bytes, manifestFile));
  const tensors = new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
  const infos = new Map<string, TensorInfo>(
    manifest.tensors.map(({ name, shape, scheme }) => [name, { shape, dtype: scheme }]),
  );
  const readChunk = createChunkReader(source, manifest.chunks);
  return {
    config: manifest.config,
    card: { ...manifest.card, sha256: sha256Hex(bytes) },
    weights: {
      tensors: infos,
      async read(name) {
        const tensor = tensors.get(name);
        if (!tensor) throw missingTensor(name);
        return weightScheme(tensor.scheme).decode(await gather(tensor, readChunk), tensor.shape);
      },
    },
    async readFile(path) {
      const file = manifest.files.find((entry) => entry.path === path);
      return file ? readChecked(source, file) : null;
    },
  };
}

/** Tensors are mostly read in file order: the last chunk is kept, so that each is read and hashed once. */
function createChunkReader(source: ByteSource, chunks: readonly ContainerFile[]) {
  let last: { index: number; bytes: Promise<Uint8Array> } | null = null;
  return (index: number): Promise<Uint8Array> => {
    if (last?.index !== index) last = { index, bytes: readChecked(source, chunks[index]!) };
    return last.bytes;
  };
}

/** The tensor's bytes in a buffer of their own. */
async function gather(tensor: ContainerTensor, readChunk: (index: number) => Promise<Uint8Array>): Promise<Uint8Array> {
  const out = new Uint8Array(tensor.length);
  let filled = 0;
  let offset = tensor.offset;
  for (let index = tensor.chunk; filled < out.length; index++) {
    const piece = (await readChunk(index)).subarray(offset, offset + out.length - filled);
    out.set(piece, filled);
    filled += piece.length;
    offset = 0;
  }
  return out;
}

async function readChecked(source: ByteSource, file: ContainerFile): Promise<Uint8Array> {
  const size = await source.size(file.path);
  if (size === null) throw missing(file.path);
  if (size !== file.length) {
    throw damaged(file.path, `is ${size} bytes long, but the manifest says ${file.length}.`, 'wrong-length');
  }
  const bytes = await source.read(file.path, 0, size);
  if (sha256Hex(bytes) !== file.sha256) throw damaged(file.path, 'does not match its SHA-256.', 'wrong-hash');
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

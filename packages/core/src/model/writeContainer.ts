/** Writer of our model container. Pure: tensors in, files out, one at a time; the host stores them. */
import { assert } from '../support/assert.ts';
import { sha256Hex } from '../support/hash.ts';
import type { JsonObject } from '../support/json.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import {
  containerFormat,
  containerVersion,
  manifestFile,
  type ContainerCard,
  type ContainerFile,
  type ContainerManifest,
  type ContainerTensor,
} from './containerManifest.ts';
import { elementCount } from './safetensors.ts';
import { weightScheme, type WeightSchemeName } from './weightSchemes.ts';

/** Upper limit of a chunk file in bytes. */
export const largestChunk = 32 * 1024 * 1024;

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scheme: WeightSchemeName;
  readonly values: Float32Array;
}

export interface ContainerContents {
  readonly card: ContainerCard;
  /** Hugging Face style `config.json`. */
  readonly config: JsonObject;
  /** May be produced one by one: each is written out before the next is asked for. */
  readonly tensors: Iterable<TensorToWrite> | AsyncIterable<TensorToWrite>;
  /** `tokenizer.json`, `tokenizer_config.json`, `preprocessor_config.json`, `chat_template.jinja` and the like. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Yields the files of the container, the manifest last: a folder without one is incomplete. */
export async function* writeContainer(
  contents: ContainerContents,
  chunkBytes: number = largestChunk,
): AsyncGenerator<OutputFile> {
  assert(chunkBytes > 0 && chunkBytes <= largestChunk, `chunks of ${chunkBytes} bytes`);
  const tensors: ContainerTensor[] = [];
  const chunks: ContainerFile[] = [];
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;

  const close = (): OutputFile => {
    const output = { path: `weights-${String(chunks.length).padStart(4, '0')}.bin`, bytes: chunk.subarray(0, filled) };
    chunks.push(describe(output));
    chunk = new Uint8Array(chunkBytes);
    filled = 0;
    return output;
  };

  for await (const { name, shape, scheme, values } of contents.tensors) {
    assert(
      values.length === elementCount(shape),
      `${name} has ${values.length} values, its shape is [${shape.join()}]`,
    );
    const bytes = weightScheme(scheme).encode(values, shape);
    if (filled === chunkBytes) yield close();
    tensors.push({ name, shape, scheme, chunk: chunks.length, offset: filled, length: bytes.length });
    for (let from = 0; from < bytes.length;) {
      if (filled === chunkBytes) yield close();
      const piece = bytes.subarray(from, from + chunkBytes - filled);
      chunk.set(piece, filled);
      filled += piece.length;
      from += piece.length;
    }
  }
  if (filled > 0) yield close();

  const files: ContainerFile[] = [];
  for (const [path, bytes] of contents.files) {
    files.push(describe({ path, bytes }));
    yield { path, bytes };
  }
  const manifest: ContainerManifest = {
    format: containerFormat,
    version: containerVersion,
    card: contents.card,
    config: contents.config,
    tensors,
    chunks,
    files,
  };
  yield { path: manifestFile, bytes: encodeUtf8(`${JSON.stringify(manifest, null, 1)}\n`) };
}

function describe({ path, bytes }: OutputFile): ContainerFile {
  return { path, length: bytes.length, sha256: sha256Hex(bytes) };
}

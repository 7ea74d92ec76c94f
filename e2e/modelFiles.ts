/** Model folders for the tests of the model store, made from the shipped nano: in many chunks, or as a stock checkpoint. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openContainer } from '../packages/core/src/model/container.ts';
import type { ContainerManifest } from '../packages/core/src/model/containerManifest.ts';
import type { ByteSource } from '../packages/core/src/model/weightSource.ts';

export type ModelFiles = Map<string, Buffer>;

const nano = path.resolve(import.meta.dirname, '../public/models/nano');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

function readNano(): ModelFiles {
  return new Map(readdirSync(nano).map((name) => [name, readFileSync(path.join(nano, name))]));
}

/** Nano under another name, its weights in chunks of `chunkBytes`. */
export function chunkedNano(chunkBytes: number, name = 'Nano in pieces'): ModelFiles {
  const files = readNano();
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as ContainerManifest;
  const weights = Buffer.concat(manifest.chunks.map((chunk) => files.get(chunk.path)!));
  const starts = manifest.chunks.map((_, index) =>
    manifest.chunks.slice(0, index).reduce((sum, c) => sum + c.length, 0),
  );
  const chunks = Array.from({ length: Math.ceil(weights.length / chunkBytes) }, (_, index) => {
    const bytes = weights.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    return { path: `weights-${String(index).padStart(4, '0')}.bin`, bytes };
  });
  const tensors = manifest.tensors.map((tensor) => {
    const at = starts[tensor.chunk]! + tensor.offset;
    return { ...tensor, chunk: Math.floor(at / chunkBytes), offset: at % chunkBytes };
  });
  const out: ModelFiles = new Map(manifest.files.map((file) => [file.path, files.get(file.path)!]));
  for (const chunk of chunks) out.set(chunk.path, chunk.bytes);
  const listed = chunks.map(({ path: at, bytes }) => ({ path: at, length: bytes.length, sha256: sha256(bytes) }));
  return out.set('manifest.json', json({ ...manifest, card: { ...manifest.card, name }, tensors, chunks: listed }));
}

/** Changes the manifest by `edit`. */
export function withManifest(files: ModelFiles, edit: (manifest: Record<string, unknown>) => void): ModelFiles {
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as Record<string, unknown>;
  edit(manifest);
  return new Map(files).set('manifest.json', json(manifest));
}

/** A container of `megabytes` MB whose weights are noise: nothing to inspect with, but something to fetch. */
export function largeContainer(megabytes: number): ModelFiles {
  const nanoFiles = chunkedNano(1 << 20);
  const chunkBytes = 32 * 1024 * 1024;
  const count = Math.round((megabytes * 1e6) / chunkBytes);
  const files: ModelFiles = new Map();
  const noise = Buffer.alloc(chunkBytes);
  for (let i = 0; i < noise.length; i += 4) noise.writeUInt32LE((i * 2654435761) >>> 0, i);
  const chunks = Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(noise);
    bytes.writeUInt32LE(index, 0);
    const name = `noise-${String(index).padStart(4, '0')}.bin`;
    files.set(name, bytes);
    return { path: name, length: bytes.length, sha256: sha256(bytes) };
  });
  const manifest = JSON.parse(nanoFiles.get('manifest.json')!.toString()) as ContainerManifest;
  for (const { path: name } of [...manifest.chunks, ...manifest.files]) files.set(name, nanoFiles.get(name)!);
  const all = [...manifest.chunks, ...chunks];
  return files.set('manifest.json', json({ ...manifest, card: { ...manifest.card, name: 'Large' }, chunks: all }));
}

/** Nano as Hugging Face would hold it: config.json, float32 safetensors in two shards, tokenizer and processor files. */
export async function stockNano(): Promise<ModelFiles> {
  const files = readNano();
  const source: ByteSource = {
    size: (name) => Promise.resolve(files.get(name)?.length ?? null),
    read: (name, start, end) => Promise.resolve(Uint8Array.from(files.get(name)!.subarray(start, end))),
  };
  const { weights, config } = await openContainer(source);
  const names = [...weights.tensors.keys()];
  const half = Math.floor(names.length / 2);
  const shards = [names.slice(0, half), names.slice(half)];
  const out: ModelFiles = new Map([
    ['config.json', json(config)],
    ['README.md', Buffer.from('---\nlicense: apache-2.0\n---\n# A stock model\n')],
  ]);
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json', 'chat_template.jinja']) {
    out.set(name, files.get(name)!);
  }
  const map: Record<string, string> = {};
  for (const [index, list] of shards.entries()) {
    const file = `model-0000${index + 1}-of-00002.safetensors`;
    for (const name of list) map[name] = file;
    const values = await Promise.all(list.map((name) => weights.read(name)));
    out.set(file, safetensors(list.map((name, i) => [name, weights.tensors.get(name)!.shape, values[i]!])));
  }
  return out.set('model.safetensors.index.json', json({ metadata: {}, weight_map: map }));
}

function safetensors(tensors: readonly (readonly [string, readonly number[], Float32Array])[]): Buffer {
  let at = 0;
  const entries = tensors.map(([name, shape, { byteLength }]) => {
    const offsets = [at, (at += byteLength)];
    return [name, { dtype: 'F32', shape, data_offsets: offsets }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = tensors.map(([, , values]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([length, header, ...data]);
}

/**
 * Hugging Face checkpoints of Qwen2.5-VL as a RowSource: one `model.safetensors` or shards with an index, tensors
 * under the names of either generation (hub: `model.layers`, `visual`; transformers >= 4.52 in memory:
 * `model.language_model.layers`, `model.visual`).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, parseJsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { readSafetensorsHeader, readSafetensorsRows, type SafetensorsEntry } from './safetensors.ts';
import type { ByteSource, RowSource } from './weightSource.ts';

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

interface StoredTensor extends SafetensorsEntry {
  readonly file: string;
  /** Name in the file. */
  readonly storedName: string;
}

export interface Checkpoint extends RowSource {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Opens the weights in `source`; reads only headers. Throws a UserError when a file or shard is missing or damaged. */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const isSharded = (await source.size(indexFile)) !== null;
  const stored = isSharded ? await openShards(source) : await openFile(source, singleFile);
  const tensors = new Map<string, StoredTensor>();
  for (const tensor of stored) {
    refuseQuantised(tensor);
    const name = canonicalName(tensor.storedName);
    if (tensors.has(name)) {
      throw new UserError({
        code: 'duplicate-tensor',
        subject: tensor.file,
        reason: `holds ${name} a second time, under the name ${tensor.storedName}.`,
        remedy: 'Remove files of another checkpoint from the folder.',
      });
    }
    tensors.set(name, tensor);
  }
  return {
    tensors,
    read: (name) => readRows(source, tensors, name, 0, null),
    readRows: (name, start, end) => readRows(source, tensors, name, start, end),
  };
}

/** The one name we use for a tensor, whichever generation wrote it. */
export function canonicalName(stored: string): string {
  return stored
    .replace(/^model\.visual\./, 'visual.')
    .replace(/^model\.language_model\./, 'model.')
    .replace(/^language_model\.(model|lm_head)\./, '$1.');
}

async function openFile(source: ByteSource, file: string): Promise<StoredTensor[]> {
  if ((await source.size(file)) === null) {
    throw new UserError({
      code: 'missing-weights',
      subject: 'The model folder',
      reason: `has neither ${singleFile} nor ${indexFile}.`,
      remedy: 'Take a checkpoint in safetensors form; .bin, .pth and .gguf files are not read.',
    });
  }
  const entries = await readSafetensorsHeader(source, file);
  return Array.from(entries, ([storedName, entry]) => ({ ...entry, file, storedName }));
}

async function openShards(source: ByteSource): Promise<StoredTensor[]> {
  const size = await source.size(indexFile);
  const index = parseJsonObject(await source.read(indexFile, 0, size!), indexFile);
  const map = index['weight_map'];
  if (!isJsonObject(map)) throw badIndex('has no weight_map.');
  const tensors: StoredTensor[] = [];
  for (const file of new Set(Object.values(map))) {
    if (typeof file !== 'string' || /[/\\]/.test(file)) throw badIndex(`names a shard ${JSON.stringify(file)}.`);
    if ((await source.size(file)) === null) {
      throw new UserError({
        code: 'missing-shard',
        subject: file,
        reason: `is named in ${indexFile} but is not in the folder.`,
        remedy: 'Download the missing file into the same folder.',
      });
    }
    tensors.push(...(await openFile(source, file)).filter((tensor) => map[tensor.storedName] === file));
  }
  const found = new Set(tensors.map((tensor) => tensor.storedName));
  const lost = Object.keys(map).find((name) => !found.has(name));
  if (lost !== undefined) throw badIndex(`places the tensor ${lost} in ${String(map[lost])}, which does not hold it.`);
  return tensors;
}

function badIndex(reason: string): UserError {
  return new UserError({
    code: 'bad-index',
    subject: indexFile,
    reason,
    remedy: 'Download the index and the shards again from one place.',
  });
}

/** Methods that store something else than the weights, told by the tensors they add. */
const quantisedSuffixes: readonly (readonly [RegExp, string])[] = [
  [/\.(qweight|qzeros|g_idx)$/, 'GPTQ or AWQ'],
  [/\.weight\.(absmax|quant_state\..*)$/, 'bitsandbytes'],
];

function refuseQuantised(tensor: StoredTensor): void {
  const method = quantisedSuffixes.find(([suffix]) => suffix.test(tensor.storedName))?.[1];
  if (method) throw quantisedCheckpoint(tensor.file, method);
}

/** Refuses a configuration that announces a quantised checkpoint (`quantization_config`), naming the method. */
export function refuseQuantisedConfig(config: { readonly [key: string]: unknown }): void {
  const quantisation = config['quantization_config'];
  if (!isJsonObject(quantisation)) return;
  const method = quantisation['quant_method'];
  throw quantisedCheckpoint('config.json', typeof method === 'string' ? method.toUpperCase() : 'an unnamed method');
}

function quantisedCheckpoint(subject: string, method: string): UserError {
  return new UserError({
    code: 'quantised-checkpoint',
    subject,
    reason: `the checkpoint is quantised with ${method}, which is not read.`,
    remedy: 'Take the unquantised checkpoint (bfloat16); `agentiad convert` quantises it.',
  });
}

/** Rows [start, end) of `name`; `end` null is the last. */
async function readRows(
  source: ByteSource,
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  start: number,
  end: number | null,
): Promise<Float32Array> {
  const tensor = tensors.get(name);
  if (!tensor) {
    throw new UserError({
      code: 'missing-tensor',
      subject: 'The checkpoint',
      reason: `has no tensor ${name}.`,
      remedy: 'Check that config.json and the weights belong together and are a Qwen2.5-VL model.',
    });
  }
  const last = end ?? tensor.shape[0] ?? 1;
  const values = await readSafetensorsRows(source, tensor.file, tensor.storedName, tensor, start, last);
  if (values instanceof Float32Array) return values;
  throw new UserError({
    code: 'unknown-dtype',
    subject: tensor.file,
    reason: `stores the weights ${tensor.storedName} as integers (${tensor.dtype}).`,
    remedy: 'Take the unquantised checkpoint (bfloat16).',
  });
}

/** Bytes at the start of each tensor that enter the identity. */
const sampleBytes = 4096;

/**
 * Identity of a checkpoint without reading gigabytes: SHA-256 over the names, types, shapes and first 4 KiB of every
 * tensor, names sorted. Any full fine-tuning changes it; it does not prove that the files are undamaged.
 */
export async function checkpointIdentity(source: ByteSource, checkpoint: Checkpoint): Promise<string> {
  const hash = sha256.create();
  for (const name of Array.from(checkpoint.tensors.keys()).sort()) {
    const { dtype, shape, file, begin, end } = checkpoint.tensors.get(name)!;
    hash.update(utf8ToBytes(JSON.stringify([name, dtype, shape])));
    hash.update(await source.read(file, begin, Math.min(end, begin + sampleBytes)));
  }
  return bytesToHex(hash.digest());
}

/** What the store knows of a model, kept beside its files and shown on the page. */
import type { ContainerCard, ContainerTensor } from '@agentiad/core/model/containerManifest.ts';
import { parseModelConfig, type ModelConfig } from '@agentiad/core/model/config.ts';
import { isJsonObject, type JsonObject } from '@agentiad/core/support/json.ts';
import type { DiskFolder } from './disk.ts';
import { readText, writeWhole } from './disk.ts';
import type { ModelSource } from './modelSource.ts';

export const recordFile = 'model.json';
const recordVersion = 1;

export type ModelOrigin =
  | { readonly kind: 'url'; readonly address: string; readonly name: string; readonly host: string }
  | { readonly kind: 'files'; readonly name: string }
  /** Shipped with the page, never stored. */
  | { readonly kind: 'page' };

/** Sizes from which it follows what a device must offer. */
export interface ModelSizes {
  readonly parameters: number;
  /** Bytes of all weights as stored, and of those of the vision tower among them. */
  readonly weightBytes: number;
  readonly visionBytes: number;
  /** Bytes of keys and values for one token of context, in float16. */
  readonly contextBytesPerToken: number;
  /** The largest piece that a graphics device must work on at once, whatever is split: a layer's projections or cache. */
  readonly undividedBytes: number;
}

/** Tokens an inspection may take. */
export const contextTokens = 8192;

/** What a source turned out to hold. */
export interface ModelOffer {
  /** Known by its contents: the same model from two places is one. */
  readonly id: string;
  readonly card: ContainerCard;
  /** `checkpoint`: a stock Hugging Face one, quantised while it is stored. */
  readonly kind: 'container' | 'checkpoint';
  readonly origin: ModelOrigin;
  /** Bytes that come from the source, and bytes stored in the end. */
  readonly fetchedBytes: number;
  readonly storedBytes: number;
  readonly sizes: ModelSizes;
}

export interface ModelRecord extends ModelOffer {
  readonly version: typeof recordVersion;
  /** ISO 8601, UTC. */
  readonly added: string;
}

/** A model in the store. `partial`: only some of its files are there and verified. */
export interface StoredModel extends ModelRecord {
  readonly state: 'whole' | 'partial';
  readonly verifiedBytes: number;
}

export function recordOf(offer: ModelOffer, added: string): ModelRecord {
  return { ...offer, version: recordVersion, added };
}

export async function writeRecord(folder: DiskFolder, record: ModelRecord): Promise<void> {
  await writeWhole(folder, recordFile, new TextEncoder().encode(JSON.stringify(record)));
}

/** Null when there is none that can be read: a folder that was begun and cut off. */
export async function readRecord(folder: DiskFolder): Promise<ModelRecord | null> {
  const text = await readText(folder, recordFile);
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isJsonObject(value) && value['version'] === recordVersion ? (value as unknown as ModelRecord) : null;
  } catch {
    return null; // cut off while it was written
  }
}

export function originOf(source: ModelSource): ModelOrigin {
  if (source.kind === 'files') return { kind: 'files', name: source.name };
  const { kind, address, name, host } = source;
  return { kind, address, name, host };
}

/** Throws a UserError that names the architecture when it is not ours. */
export function sizesOf(
  config: JsonObject,
  tensors: readonly Pick<ContainerTensor, 'name' | 'shape' | 'length'>[],
): ModelSizes {
  const { text }: ModelConfig = parseModelConfig(config);
  const contextBytesPerToken = 2 * 2 * text.layers * text.kvHeads * text.headDim;
  const projections = tensors.filter(({ name }) => /^model\.layers\.0\.self_attn\.[qkv]_proj\.weight$/.test(name));
  const bytesOf = (list: typeof tensors) => list.reduce((sum, { length }) => sum + length, 0);
  return {
    parameters: tensors.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0),
    weightBytes: bytesOf(tensors),
    visionBytes: bytesOf(tensors.filter(({ name }) => name.startsWith('visual.'))),
    contextBytesPerToken,
    undividedBytes: Math.max(bytesOf(projections), (contextBytesPerToken / text.layers) * contextTokens),
  };
}

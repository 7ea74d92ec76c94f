/**
 * Reads one case of a golden folder: `cases/<name>.json` (images, ids, tolerance) and `cases/<name>.safetensors`
 * (tensors made by Hugging Face transformers). A large tensor may be stored as samples: `<tensor>.samples` and
 * `<tensor>.sample_indices`, with its shape and largest magnitude in the JSON under `sampled`.
 */
import { isJsonObject, parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { Grid } from './positions.ts';
import { elementCount, readSafetensorsHeader, readSafetensorsTensor } from './safetensors.ts';
import type { ByteSource } from './weightSource.ts';

/** Expected values of one tensor, all of them or some. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
  /** Flat index of each of `values`; null: all are there, in order. */
  readonly indices: Float64Array | null;
  /** Largest magnitude of the whole tensor. */
  readonly largest: number;
}

export interface GoldenCase {
  readonly name: string;
  /** Image files, relative to the folder. */
  readonly images: readonly string[];
  /** [B][T] prompts without padding, images already expanded. */
  readonly inputIds: readonly (readonly number[])[];
  /** [B][n] greedy continuations. */
  readonly generatedIds: readonly (readonly number[])[];
  /** Share of a tensor's largest magnitude by which its values may be off. */
  readonly tolerance: number;
  /** Which image processor made `pixel_values`: Pillow's (false) or torchvision's. */
  readonly isFast: boolean;
  /** Weights come from the integer hash of `hashWeights.ts`, not from files. */
  readonly hasHashWeights: boolean;
  readonly grids: readonly Grid[];
  readonly pixelValues: GoldenTensor | null;
  readonly imageEmbeds: GoldenTensor | null;
  readonly positionIds: GoldenTensor;
  readonly logits: GoldenTensor;
}

/** Throws a UserError naming what is missing or odd in the case. */
export async function readGoldenCase(source: ByteSource, name: string): Promise<GoldenCase> {
  const jsonPath = `cases/${name}.json`;
  const size = await source.size(jsonPath);
  if (size === null) throw badCase(jsonPath, 'is missing.');
  const json = parseJsonObject(await source.read(jsonPath, 0, size), jsonPath);
  const tensor = await openTensors(source, `cases/${name}.safetensors`, json);

  const images = listOf(json['images'] ?? [], isText) ?? fail(jsonPath, 'images');
  const inputIds = idRows(json['input_ids']) ?? fail(jsonPath, 'input_ids');
  const tolerance = json['tolerance'];
  if (typeof tolerance !== 'number' || !(tolerance > 0)) throw fail(jsonPath, 'tolerance');
  const generated = await required(tensor, 'generated_ids', name);
  const grids = await tensor('image_grid_thw');
  const pixelValues = await tensor('pixel_values');
  const imageEmbeds = await tensor('image_embeds');
  if (images.length > 0 && !(grids && pixelValues && imageEmbeds)) {
    throw badCase(`cases/${name}.safetensors`, 'lacks image_grid_thw, pixel_values or image_embeds.');
  }
  return {
    name,
    images,
    inputIds,
    generatedIds: continuations(generated, inputIds, Number(json['max_new_tokens'])),
    tolerance,
    isFast: json['use_fast'] === true,
    hasHashWeights: json['weights'] === 'hash',
    grids: grids ? toGrids(grids, name) : [],
    pixelValues,
    imageEmbeds,
    positionIds: await required(tensor, 'position_ids', name),
    logits: await required(tensor, 'logits', name),
  };
}

type TensorReader = (name: string) => Promise<GoldenTensor | null>;

async function openTensors(source: ByteSource, path: string, json: JsonObject): Promise<TensorReader> {
  const entries = await readSafetensorsHeader(source, path);
  const sampled = isJsonObject(json['sampled']) ? json['sampled'] : {};
  return async (name) => {
    const isSampled = entries.has(`${name}.samples`);
    const entry = entries.get(isSampled ? `${name}.samples` : name);
    if (!entry) return null;
    const values = await readSafetensorsTensor(source, path, name, entry);
    if (!isSampled) {
      const largest = Float64Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return { shape: entry.shape, values, indices: null, largest };
    }
    const { shape, max_abs: largest } = isJsonObject(sampled[name]) ? sampled[name] : {};
    const indexEntry = entries.get(`${name}.sample_indices`);
    const sides = listOf(shape, isCount);
    if (!sides || !indexEntry || typeof largest !== 'number')
      throw badCase(path, `has samples of ${name} but no places.`);
    const indices = Float64Array.from(await readSafetensorsTensor(source, path, name, indexEntry));
    return { shape: sides, values, indices, largest };
  };
}

async function required(tensor: TensorReader, name: string, caseName: string): Promise<GoldenTensor> {
  const found = await tensor(name);
  if (!found) throw badCase(`cases/${caseName}.safetensors`, `has no tensor ${name}.`);
  return found;
}

function toGrids({ shape, values }: GoldenTensor, name: string): Grid[] {
  if (shape.length !== 2 || shape[1] !== 3) throw badCase(`cases/${name}.safetensors`, 'image_grid_thw is not [N, 3].');
  return Array.from({ length: shape[0]! }, (_, image) => {
    const [frames, height, width] = values.slice(image * 3, image * 3 + 3);
    if (frames !== 1) throw badCase(`cases/${name}.safetensors`, 'holds a video, which is not supported.');
    return { height: height!, width: width! };
  });
}

/** Some makers store what `generate` returns: prompt and continuation. */
function continuations(generated: GoldenTensor, inputIds: readonly (readonly number[])[], limit: number): number[][] {
  const width = elementCount(generated.shape) / inputIds.length;
  return inputIds.map((prompt, row) => {
    const ids = Array.from(generated.values.slice(row * width, (row + 1) * width));
    const startsWithPrompt = prompt.every((id, at) => ids[at] === id);
    return ids.length > limit && startsWithPrompt ? ids.slice(prompt.length) : ids;
  });
}

/** One prompt or several of one length. */
function idRows(value: unknown): number[][] | null {
  const single = listOf(value, isCount);
  if (single) return single.length > 0 ? [single] : null;
  const rows = listOf(value, Array.isArray)?.map((row) => listOf(row, isCount)) ?? [];
  const whole = rows.filter((row) => row !== null);
  const isEven = whole.length === rows.length && whole.every((row) => row.length === whole[0]!.length);
  return isEven && whole.length > 0 ? whole : null;
}

function listOf<T>(value: unknown, isItem: (item: unknown) => item is T): T[] | null {
  return Array.isArray(value) && value.every(isItem) ? value : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fail(path: string, field: string): never {
  throw badCase(path, `has no valid "${field}".`);
}

function badCase(subject: string, reason: string): UserError {
  return new UserError({ code: 'bad-golden', subject, reason, remedy: 'Make the golden folder again.' });
}

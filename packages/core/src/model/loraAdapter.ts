/**
 * A PEFT LoRA adapter (`adapter_config.json`, `adapter_model.safetensors`), merged into rows as they are read: a
 * targeted weight becomes W + scale * B A, with scale = lora_alpha / r, or lora_alpha / sqrt(r) with `use_rslora`.
 */
import { isJsonObject, parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { canonicalName } from './checkpoint.ts';
import { readSafetensorsHeader, readSafetensorsRows, type SafetensorsEntry } from './safetensors.ts';
import type { ByteSource } from './weightSource.ts';

const configFile = 'adapter_config.json';
const weightsFile = 'adapter_model.safetensors';

export interface LoraAdapter {
  readonly rank: number;
  /** What B A is multiplied with. */
  readonly scale: number;
  /** Canonical names of the tensors that it changes. */
  readonly targets: ReadonlySet<string>;
  /** The factors of the target `name`: a [rank, in], b [out, rank]. */
  factors(name: string): Promise<{ a: Float32Array; b: Float32Array }>;
  /** Rows [start, end) of the target `name` with the adapter's part added to `values`. */
  merge(name: string, start: number, end: number, values: Float32Array): Promise<Float32Array>;
}

interface StoredFactor extends SafetensorsEntry {
  readonly storedName: string;
}

interface Target {
  /** [rank, in] */
  readonly a: StoredFactor;
  /** [out, rank] */
  readonly b: StoredFactor;
}

interface Settings {
  readonly rank: number;
  readonly scale: number;
  /** Module names or, as text, one pattern for all of them. */
  readonly targetModules: readonly string[] | string;
}

/**
 * Opens the adapter in `source` for a model with tensors of `shapes` (canonical names). Reads headers only. Throws a
 * UserError for another kind of adapter, one for another model, and one whose parts do not fit together.
 */
export async function openLoraAdapter(
  source: ByteSource,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<LoraAdapter> {
  const settings = checkSettings(await readConfig(source));
  const targets = await readTargets(source);
  for (const [name, target] of targets) checkTarget(name, target, shapes.get(name), settings);
  checkTargetModules(settings.targetModules, [...targets.keys()]);

  const readFactor = async (factor: StoredFactor, start: number, end: number): Promise<Float32Array> => {
    const values = await readSafetensorsRows(source, weightsFile, factor.storedName, factor, start, end);
    if (values instanceof Float32Array && values.every(Number.isFinite)) return values;
    throw bad(weightsFile, `${factor.storedName} holds values that are no finite floating-point numbers.`);
  };
  let kept: { readonly name: string; readonly a: Float32Array } | null = null;
  return {
    rank: settings.rank,
    scale: settings.scale,
    targets: new Set(targets.keys()),
    async factors(name) {
      const { a, b } = targets.get(name)!;
      return { a: await readFactor(a, 0, a.shape[0]!), b: await readFactor(b, 0, b.shape[0]!) };
    },
    async merge(name, start, end, values) {
      const { a, b } = targets.get(name)!;
      if (kept?.name !== name) kept = { name, a: await readFactor(a, 0, settings.rank) };
      return addLoraProduct(values, await readFactor(b, start, end), kept.a, settings);
    },
  };
}

/** values + scale * b a, sums in float64: b [rows, rank], a [rank, columns]. */
export function addLoraProduct(
  values: Float32Array,
  b: Float32Array,
  a: Float32Array,
  { rank, scale }: Pick<LoraAdapter, 'rank' | 'scale'>,
): Float32Array {
  const columns = a.length / rank;
  const out = new Float32Array(values.length);
  const sums = new Float64Array(columns);
  for (let row = 0; row * columns < values.length; row++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = scale * b[row * rank + k]!;
      const from = k * columns;
      for (let i = 0; i < columns; i++) sums[i]! += factor * a[from + i]!;
    }
    const from = row * columns;
    for (let i = 0; i < columns; i++) out[from + i] = values[from + i]! + sums[i]!;
  }
  return out;
}

async function readConfig(source: ByteSource): Promise<JsonObject> {
  const size = await source.size(configFile);
  if (size === null) throw bad(configFile, 'is missing from the adapter folder.', 'Give the folder that PEFT saved.');
  return parseJsonObject(await source.read(configFile, 0, size), configFile);
}

/** Kinds of start values for which the base weights were changed too. */
const basesChanged = /^(pissa|olora|corda|loftq|lora_ga)/;

/** What else a LoRA can have and what would be wrong without it. */
const unsupported: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['use_dora', (value) => value === true, 'it is a DoRA'],
  ['use_qalora', (value) => value === true, 'it is a QALoRA'],
  ['fan_in_fan_out', (value) => value === true, 'its weights are transposed (fan_in_fan_out)'],
  ['bias', (value) => value !== undefined && value !== 'none', 'it also trained biases (bias)'],
  ['lora_bias', (value) => value === true, 'it has biases of its own (lora_bias)'],
  ['modules_to_save', isFilled, 'it also holds whole modules (modules_to_save)'],
  ['trainable_token_indices', isFilled, 'it also trained token embeddings (trainable_token_indices)'],
  ['target_parameters', isFilled, 'it targets single parameters (target_parameters)'],
  ['layer_replication', isFilled, 'it repeats layers (layer_replication)'],
  ['rank_pattern', isFilled, 'its rank differs between modules (rank_pattern)'],
  ['alpha_pattern', isFilled, 'its scale differs between modules (alpha_pattern)'],
  [
    'init_lora_weights',
    (value) => typeof value === 'string' && basesChanged.test(value),
    'it needs changed base weights (init_lora_weights)',
  ],
];

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isJsonObject(value) ? Object.keys(value).length > 0 : value !== undefined && value !== null;
}

function checkSettings(config: JsonObject): Settings {
  if (config['peft_type'] !== 'LORA') {
    throw bad(configFile, `is an adapter of the type ${JSON.stringify(config['peft_type'])}; only LORA is merged.`);
  }
  for (const [key, isUsed, reason] of unsupported) {
    if (isUsed(config[key])) {
      throw bad(configFile, `is not supported: ${reason}.`, 'Merge it with PEFT (merge_and_unload) and convert that.');
    }
  }
  const { r: rank, lora_alpha: alpha, target_modules: targetModules } = config;
  if (typeof rank !== 'number' || !Number.isInteger(rank) || rank < 1) throw bad(configFile, 'has no valid rank (r).');
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) throw bad(configFile, 'has no valid lora_alpha.');
  const isList = Array.isArray(targetModules) && targetModules.every((name) => typeof name === 'string');
  if (!isList && typeof targetModules !== 'string') throw bad(configFile, 'has no valid target_modules.');
  const scale = alpha / (config['use_rslora'] === true ? Math.sqrt(rank) : rank);
  return { rank, scale, targetModules: targetModules as readonly string[] | string };
}

/** Pairs of factors by the canonical name of the weight they change. */
async function readTargets(source: ByteSource): Promise<Map<string, Target>> {
  if ((await source.size(weightsFile)) === null) {
    const remedy = 'Save the adapter with safe_serialization=True; adapter_model.bin is not read.';
    throw bad(weightsFile, 'is missing from the adapter folder.', remedy);
  }
  const found = new Map<string, { a?: StoredFactor; b?: StoredFactor }>();
  for (const [storedName, entry] of await readSafetensorsHeader(source, weightsFile)) {
    const [, module, side] = /^(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.default)?\.weight$/.exec(storedName) ?? [];
    if (module === undefined) throw bad(weightsFile, `holds ${storedName}, which is no factor of a LoRA matrix.`);
    const name = `${canonicalName(module)}.weight`;
    const factors = found.get(name) ?? {};
    const key = side === 'A' ? 'a' : 'b';
    if (factors[key]) throw bad(weightsFile, `holds the factor ${side} of ${name} twice, once as ${storedName}.`);
    found.set(name, { ...factors, [key]: { ...entry, storedName } });
  }
  if (found.size === 0) throw bad(weightsFile, 'holds no LoRA matrices.');
  const targets = new Map<string, Target>();
  for (const [name, { a, b }] of found) {
    if (!a || !b) throw bad(weightsFile, `has only one of the two factors of ${name}.`);
    targets.set(name, { a, b });
  }
  return targets;
}

function checkTarget(name: string, target: Target, shape: readonly number[] | undefined, { rank }: Settings): void {
  if (!shape) {
    throw bad(weightsFile, `targets ${name}, which the checkpoint does not have.`, 'Give the adapter of this model.');
  }
  if (shape.length !== 2) throw bad(weightsFile, `targets ${name}, which is no matrix.`);
  const [rows, columns] = shape as [number, number];
  for (const [factor, expected] of [
    [target.a, [rank, columns]],
    [target.b, [rows, rank]],
  ] as const) {
    if (factor.shape.join() === expected.join()) continue;
    throw bad(
      weightsFile,
      `gives ${factor.storedName} the shape [${factor.shape.join(', ')}] where rank ${rank} and the model need [${expected.join(', ')}].`,
      'Give the adapter of this model.',
    );
  }
}

/** Everything that the settings name must be in the file and the other way round. */
function checkTargetModules(targetModules: readonly string[] | string, names: readonly string[]): void {
  if (typeof targetModules === 'string') return; // a pattern over PEFT's own names, or "all-linear"
  const matches = (name: string, module: string) => `.${name}`.endsWith(`.${canonicalName(module)}.weight`);
  const unused = targetModules.find((module) => !names.some((name) => matches(name, module)));
  if (unused !== undefined) throw bad(configFile, `names the target ${unused}, of which ${weightsFile} holds nothing.`);
  const stray = names.find((name) => !targetModules.some((module) => matches(name, module)));
  if (stray !== undefined) throw bad(weightsFile, `changes ${stray}, which is none of the target_modules.`);
}

function bad(subject: string, reason: string, remedy = 'Check that the folder is a complete LoRA saved by PEFT.') {
  return new UserError({ code: 'bad-adapter', subject, reason, remedy });
}

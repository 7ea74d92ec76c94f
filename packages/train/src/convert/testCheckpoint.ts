/** Small Hugging Face checkpoints for tests: the architecture and tokenizer of the tiny nano, weights from a hash. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { hashWeight } from '@agentiad/core/model/hashWeights.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { encodeSafetensors, type RawTensor } from '@agentiad/core/model/testing.ts';
import { tinyNanoFiles } from '../nano/tinyNano.ts';

export interface CheckpointForm {
  readonly dtype?: 'F32' | 'BF16';
  /** Names of transformers >= 4.52 (`model.language_model.…`) instead of the hub's. */
  readonly nestedNames?: boolean;
  readonly shards?: number;
  /** Spaces after a header: data at any offset. */
  readonly padding?: number;
  /** Changes the fields of config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Changes the architecture that the weights are of. */
  readonly weightsOf?: Readonly<Record<string, unknown>>;
  /** Changes the values of a tensor before they are stored. */
  readonly edit?: (name: string, values: Float32Array) => void;
}

const files = tinyNanoFiles();
export const tinyConfigJson = JSON.parse(files.get('config.json')!) as Record<string, unknown>;

/** Values that float32 and bfloat16 both hold. */
export function checkpointValues(name: string, shape: readonly number[]): Float32Array {
  const values = hashWeight(name, shape);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) bits[i]! &= 0xffff0000;
  return values;
}

export async function writeCheckpoint(folder: string, form: CheckpointForm = {}): Promise<void> {
  const config = { ...tinyConfigJson, ...form.config };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(folder, name), text);
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));

  const shards = Array.from({ length: form.shards ?? 1 }, (): Record<string, RawTensor> => ({}));
  const weightMap: Record<string, string> = {};
  const fileOf = (shard: number) => `model-${shard + 1}-of-${shards.length}.safetensors`;
  let index = 0;
  for (const [name, shape] of parameterShapes(parseModelConfig({ ...tinyConfigJson, ...form.weightsOf }))) {
    const values = checkpointValues(name, shape);
    form.edit?.(name, values);
    const stored = form.nestedNames ? nestedName(name) : name;
    const shard = index++ % shards.length;
    shards[shard]![stored] = { dtype: form.dtype ?? 'F32', shape, data: encode(values, form.dtype) };
    weightMap[stored] = fileOf(shard);
  }
  for (const [shard, tensors] of shards.entries()) {
    const name = shards.length === 1 ? 'model.safetensors' : fileOf(shard);
    await writeFile(path.join(folder, name), encodeSafetensors(tensors, form.padding));
  }
  if (shards.length === 1) return;
  const indexJson = JSON.stringify({ metadata: {}, weight_map: weightMap });
  await writeFile(path.join(folder, 'model.safetensors.index.json'), indexJson);
}

/** The name that transformers >= 4.52 keeps in memory and `save_pretrained` may write. */
function nestedName(name: string): string {
  return name.replace(/^visual\./, 'model.visual.').replace(/^model\.(?!visual\.)/, 'model.language_model.');
}

function encode(values: Float32Array, dtype: CheckpointForm['dtype']): Uint8Array {
  if (dtype !== 'BF16') return new Uint8Array(values.buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
}

export interface AdapterForm {
  /** Changes the fields of adapter_config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Module, [out, in] and values of both factors. */
  readonly modules: readonly {
    readonly prefix: string;
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly shape: readonly [number, number];
  }[];
  readonly rank: number;
}

export async function writeAdapter(folder: string, { config, modules, rank }: AdapterForm): Promise<void> {
  await mkdir(folder, { recursive: true });
  const settings = {
    peft_type: 'LORA',
    r: rank,
    lora_alpha: 2 * rank,
    target_modules: [...new Set(modules.map(({ prefix }) => prefix.split('.').at(-1)!))],
    bias: 'none',
    modules_to_save: null,
    use_dora: false,
    use_rslora: false,
    fan_in_fan_out: false,
    init_lora_weights: true,
    rank_pattern: {},
    alpha_pattern: {},
    ...config,
  };
  await writeFile(path.join(folder, 'adapter_config.json'), JSON.stringify(settings));
  const float32 = (shape: readonly number[], values: readonly number[]): RawTensor => {
    return { dtype: 'F32', shape, data: new Uint8Array(Float32Array.from(values).buffer) };
  };
  const tensors: Record<string, RawTensor> = {};
  for (const { prefix, a, b, shape } of modules) {
    tensors[`${prefix}.lora_A.weight`] = float32([rank, shape[1]], a);
    tensors[`${prefix}.lora_B.weight`] = float32([shape[0], rank], b);
  }
  await writeFile(path.join(folder, 'adapter_model.safetensors'), encodeSafetensors(tensors));
}

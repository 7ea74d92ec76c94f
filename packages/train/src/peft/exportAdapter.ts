/** A trained adapter as PEFT's files: `adapter_config.json` and `adapter_model.safetensors` (training.md §4.1, §4.2). */
import { transposeValues } from '@agentiad/core/model/params.ts';
import type { Float32Tensor } from '@agentiad/core/model/writeSafetensors.ts';
import { encodeSafetensors } from '@agentiad/core/model/writeSafetensors.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import type { LoraSettings } from '../nn/lora.ts';
import { factorNames, targetModules, targetPattern } from '../nn/lora.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';

/** Whose names: those of transformers from 4.52 on, or those before, which are also the hub checkpoint's. */
export const PEFT_NAMINGS = ['hf52', 'hf451'] as const;
export type PeftNaming = (typeof PEFT_NAMINGS)[number];

const LAYERS = { hf52: 'model.language_model.layers', hf451: 'model.layers' } as const;

/** Files by name. Factors are transposed into PEFT's layout: A [r, in], B [out, r]. */
export function encodePeftAdapter(
  model: Pick<TrainingModel, 'config' | 'lora' | 'values' | 'spans'>,
  options: { readonly baseModel: string; readonly naming?: PeftNaming },
): Map<string, Uint8Array> {
  const { lora, spans, values } = model;
  const { baseModel, naming = 'hf52' } = options;
  assert(lora, 'a model without an adapter');
  const factor = (name: string): Float32Tensor => {
    const span = spans.find((one) => one.name === name);
    assert(span, `no trained tensor ${name}`);
    const [rows, columns] = span.shape as [number, number];
    return { shape: [columns, rows], values: transposeValues(values.subarray(span.from, span.to), rows, columns) };
  };
  const tensors = new Map<string, Float32Tensor>();
  for (const module of targetModules(model.config, lora)) {
    const stored = `base_model.model.${module.replace('model.layers', LAYERS[naming])}`;
    const { a, b } = factorNames(module);
    tensors.set(`${stored}.lora_A.weight`, factor(a));
    tensors.set(`${stored}.lora_B.weight`, factor(b));
  }
  return new Map([
    ['adapter_config.json', encodeUtf8(`${JSON.stringify(peftConfig(lora, baseModel, naming), null, 2)}\n`)],
    ['adapter_model.safetensors', Buffer.concat([...encodeSafetensors(tensors)])],
  ]);
}

/** PEFT matches a text in `target_modules` against whole module names. */
function peftConfig(lora: LoraSettings, baseModel: string, naming: PeftNaming): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    bias: 'none',
    target_modules: targetPattern(lora.modules, LAYERS[naming]),
    exclude_modules: null,
    rank_pattern: {},
    alpha_pattern: {},
    use_rslora: lora.rankStabilised ?? false,
    use_dora: false,
    modules_to_save: null,
    inference_mode: true,
    fan_in_fan_out: false,
    init_lora_weights: true,
  };
}

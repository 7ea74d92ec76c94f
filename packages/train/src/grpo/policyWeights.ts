/** The present weights of a model in training, its adapter merged in, as the engine reads them: float32, tensor by tensor. */
import { encodeWeights } from '@agentiad/core/model/encodeWeights.ts';
import { addLoraProduct } from '@agentiad/core/model/loraAdapter.ts';
import { param, parameterShapes, transposeValues } from '@agentiad/core/model/params.ts';
import type { EncodedWeights, TensorInfo } from '@agentiad/core/model/weightSource.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { factorNames, loraScale } from '../nn/lora.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';

export interface PolicyWeights {
  readonly encoded: EncodedWeights;
  /** Whether an update may have changed the tensor. */
  isTrained(tensor: string): boolean;
  /** Call after an update: what was read before is old. */
  forget(): void;
}

export function createPolicyWeights(model: TrainingModel): PolicyWeights {
  const shapes = parameterShapes(model.config);
  const tensors = new Map<string, TensorInfo>([...shapes].map(([name, shape]) => [name, { shape, dtype: 'F32' }]));
  const trained = new Set(model.trainable);
  const moduleOf = (tensor: string) => tensor.replace(/\.weight$/, '');
  const hasAdapter = (tensor: string) => trained.has(factorNames(moduleOf(tensor)).a);
  /** Readers ask for the rows of one tensor one after the other. */
  let last: { readonly name: string; readonly values: Promise<Float32Array> } | null = null;

  const read = async (name: string): Promise<Float32Array> => {
    const values = await baseValues(model, name);
    return hasAdapter(name) ? merge(model, moduleOf(name), values) : values;
  };
  const readWhole = (name: string) => {
    if (last?.name !== name) last = { name, values: read(name) };
    return last.values;
  };
  const source = {
    tensors,
    read: readWhole,
    async readRows(name: string, start: number, end: number) {
      const shape = shapes.get(name);
      assert(shape, `${name} is not a tensor of this architecture`);
      const columns = shape.slice(1).reduce((size, side) => size * side, 1);
      return (await readWhole(name)).slice(start * columns, end * columns);
    },
  };
  return {
    encoded: encodeWeights(source, () => 'f32'),
    isTrained: (tensor) => hasAdapter(tensor) || keysOf(tensor).some((key) => trained.has(key)),
    forget: () => (last = null),
  };
}

/** Names under which the forward pass holds a tensor: fused ones of the vision tower in three parts. */
function keysOf(tensor: string): string[] {
  return tensor.includes('.qkv.') ? ['q', 'k', 'v'].map((part) => tensor.replace('.qkv.', `.${part}.`)) : [tensor];
}

async function baseValues(model: TrainingModel, name: string): Promise<Float32Array> {
  const packed = model.packed.get(name.replace(/\.weight$/, ''));
  if (!packed) return model.exportParam(name);
  const whole = packed.widen((matrix) => matrix.clone());
  try {
    return Float32Array.from(await whole.data<'float32'>());
  } finally {
    whole.dispose();
  }
}

/** W + scale (A B)T, from the factors as they are trained: A [in, r], B [r, out]. */
async function merge(model: TrainingModel, module: string, values: Float32Array): Promise<Float32Array> {
  const { lora, params } = model;
  assert(lora, 'a model without an adapter');
  const factor = async (name: string) => {
    const tensor = param(params, name);
    return transposeValues(await tensor.data<'float32'>(), tensor.shape[0]!, tensor.shape[1]!);
  };
  const { a, b } = factorNames(module);
  return addLoraProduct(values, await factor(b), await factor(a), { rank: lora.rank, scale: loraScale(lora) });
}

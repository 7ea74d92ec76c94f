/** Which weights go to the GPU, and how: the language model in one group, the vision tower in one group a stage. */
import type { Capabilities } from '../kernels/capabilities.ts';
import type { ModelConfig } from '../model/config.ts';
import { checkTensor, embeddingName, headName, parameterShapes } from '../model/params.ts';
import type { EncodedWeights } from '../model/weightSource.ts';
import {
  biasRanges,
  planMatrix,
  planVector,
  type MatrixPlan,
  type TensorTable,
  type VectorPlan,
} from './matrixPlan.ts';

/** Weights that are uploaded and freed together. */
export interface WeightGroup {
  /** For messages, e.g. `vision block 3`. */
  readonly purpose: string;
  readonly matrices: ReadonlyMap<string, MatrixPlan>;
  readonly vectors: readonly VectorPlan[];
}

export interface WeightPlan {
  readonly language: WeightGroup;
  /** Patch embedding, every block, merger. */
  readonly vision: readonly WeightGroup[];
  /** The matrix that makes the logits: `head`, or the shared `embedding`. */
  readonly head: 'head' | 'embedding';
}

/** Offsets that every device can bind a buffer at. */
const bindingAlignment = 256;

/** Throws a UserError when `weights` are not what `config` asks for, or cannot be bound on the device. */
export function planWeights(
  config: ModelConfig,
  weights: Pick<EncodedWeights, 'tensors'>,
  capabilities: Capabilities,
): WeightPlan {
  const table = weights.tensors;
  for (const [name, shape] of parameterShapes(config)) checkTensor(weights, name, shape);
  const { text, vision } = config;
  const language = createGroup('the language model', table, capabilities);
  language.matrix('embedding', [embeddingName]);
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `model.layers.${layer}`;
    const weight = (key: string) => `${name}.${key}.weight`;
    const norm = (key: string) => ({ tensor: weight(key), width: text.hiddenSize });
    const projections = ['q', 'k', 'v'].map((part) => weight(`self_attn.${part}_proj`));
    const qkv = language.matrix(`${layer}.qkv`, projections, { isWhole: true });
    const biases = biasRanges(qkv.parts[0]!);
    language.vector(planVector(`${layer}.qkv.vectors`, norm('input_layernorm'), biases));
    language.vector(planVector(`${layer}.qkv.bias`, null, biases));
    language.matrix(`${layer}.o`, [weight('self_attn.o_proj')]);
    language.vector(planVector(`${layer}.norm2`, norm('post_attention_layernorm'), []));
    language.matrix(`${layer}.gateUp`, [weight('mlp.gate_proj'), weight('mlp.up_proj')], { isPaired: true });
    language.matrix(`${layer}.down`, [weight('mlp.down_proj')]);
  }
  language.vector(planVector('norm', { tensor: 'model.norm.weight', width: text.hiddenSize }, []));
  if (!text.tied) language.matrix('head', [headName]);

  const biased = (group: Group, name: string, tensors: readonly string[], isPaired = false) => {
    for (const part of group.matrix(name, tensors, { isPaired }).parts) {
      group.vector(planVector(`${part.name}.bias`, null, biasRanges(part)));
    }
  };
  const patches = createGroup('the patch embedding', table, capabilities);
  patches.matrix('patch', ['visual.patch_embed.proj.weight']);
  const blocks = Array.from({ length: vision.depth }, (_, block) => {
    const group = createGroup(`vision block ${block}`, table, capabilities);
    const weight = (key: string) => `visual.blocks.${block}.${key}.weight`;
    group.vector(planVector('norm1', { tensor: weight('norm1'), width: vision.hiddenSize }, []));
    biased(group, 'qkv', [weight('attn.qkv')]);
    biased(group, 'proj', [weight('attn.proj')]);
    group.vector(planVector('norm2', { tensor: weight('norm2'), width: vision.hiddenSize }, []));
    biased(group, 'gateUp', [weight('mlp.gate_proj'), weight('mlp.up_proj')], true);
    biased(group, 'down', [weight('mlp.down_proj')]);
    return group;
  });
  const merger = createGroup('the merger', table, capabilities);
  merger.vector(planVector('norm', { tensor: 'visual.merger.ln_q.weight', width: vision.hiddenSize }, []));
  biased(merger, 'merge0', ['visual.merger.mlp.0.weight']);
  biased(merger, 'merge2', ['visual.merger.mlp.2.weight']);
  return {
    language: language.plan,
    vision: [patches, ...blocks, merger].map(({ plan }) => plan),
    head: text.tied ? 'embedding' : 'head',
  };
}

type Group = ReturnType<typeof createGroup>;

function createGroup(purpose: string, table: TensorTable, capabilities: Capabilities) {
  const matrices = new Map<string, MatrixPlan>();
  const vectors: VectorPlan[] = [];
  return {
    plan: { purpose, matrices, vectors } satisfies WeightGroup as WeightGroup,
    matrix(name: string, tensors: readonly string[], options: Parameters<typeof planMatrix>[4] = {}): MatrixPlan {
      const plan = planMatrix(name, tensors, table, capabilities, options);
      matrices.set(name, plan);
      return plan;
    },
    vector: (plan: VectorPlan) => vectors.push(plan),
  };
}

/** Bytes of a vector with the gap to the next one. */
export function vectorBytes(vector: VectorPlan): number {
  return Math.ceil((4 * vector.length) / bindingAlignment) * bindingAlignment;
}

/** GPU bytes of a group. */
export function groupBytes(group: WeightGroup): number {
  let bytes = group.vectors.reduce((sum, vector) => sum + vectorBytes(vector), 0);
  for (const { parts } of group.matrices.values()) {
    bytes += parts.reduce((sum, part) => sum + part.bytes.codes + part.bytes.scales, 0);
  }
  return bytes;
}

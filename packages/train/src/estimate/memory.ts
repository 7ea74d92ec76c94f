/** Memory of a training step, part by part, from the shapes. Values are float32 unless a scheme says otherwise. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import type { LoraSettings } from '../nn/lora.ts';
import type { Parts, SampleShape } from './shape.ts';
import { modelShape, trainedSize } from './shape.ts';

/** When a part is alive: all the time, or only while the gradient passes these layers. */
export type Moment = 'always' | 'blocks' | 'head' | 'vision';

export interface MemoryPart {
  readonly name: string;
  readonly bytes: number;
  /** On the device that computes, or in the process beside it. On wasm and cpu both are the same memory. */
  readonly where: 'device' | 'host';
  readonly moment: Moment;
}

/** The most that is alive at once. */
export function peakBytes(parts: readonly MemoryPart[], where: MemoryPart['where']): number {
  const sums: Record<Moment, number> = { always: 0, blocks: 0, head: 0, vision: 0 };
  for (const part of parts) if (part.where === where) sums[part.moment] += part.bytes;
  return sums.always + Math.max(sums.blocks, sums.head, sums.vision);
}

const FLOAT = 4;

/** Values of one row of q4 that share a scale of 16 bits (`core/model/q4.ts`). */
const Q4_GROUP = 32;

/** Logits that the head holds at once (nn/head.ts), and how many arrays of that size live together. */
const LOGITS = 2 ** 24;
const LOGITS_COPIES = 4;

/** Arrays of the size of the scores that live together when attention's gradient is taken (core/model/attention.ts). */
const SCORE_COPIES = 4;

/**
 * Values that the gradient tape holds of a block, per token (or patch): TensorFlow.js keeps every intermediate result, also
 * those that no gradient needs. Measured as the growth of its peak with each width, on nano (4 x the bare activations).
 */
const TAPED = { hidden: 44, keyValue: 15, intermediate: 13 } as const;
const TAPED_VISION = { hidden: 62, intermediate: 12 } as const;

/** Values of one block of the tower per patch, without a tape. */
const FORWARD_VISION = { hidden: 8, intermediate: 4 } as const;

/** `batch` samples of `longest` at once. */
export function trainingMemory(
  config: ModelConfig,
  parts: Parts,
  longest: SampleShape,
  batch: number,
  options: { readonly accumulates: boolean },
): MemoryPart[] {
  const { text } = config;
  const { vectors, embedding, head, vision } = modelShape(config);
  const trained = trainedSize(config, parts);
  const tokens = longest.tokens * batch;
  const device = (name: string, bytes: number, moment: Moment = 'always'): MemoryPart => {
    return { name, bytes, where: 'device', moment: parts.recompute ? moment : 'always' };
  };
  const host = (name: string, bytes: number): MemoryPart => ({ name, bytes, where: 'host', moment: 'always' });
  const rows = Math.min(longest.trained * batch, Math.max(1, Math.floor(LOGITS / text.vocabSize)));
  const isPacked = parts.base === 'q4';
  const list = [
    device('language weights', (isPacked ? q4Bytes(config) : matrixBytes(config)) + FLOAT * vectors),
    device('embedding and head', FLOAT * (embedding + head)),
    device('vision tower', FLOAT * vision),
    device('adapter', parts.lora ? FLOAT * trained : 0),
    device('gradients', FLOAT * trained * (options.accumulates ? 2 : 1)),
    device('values and moments of the optimiser', 3 * FLOAT * trained),
    device('causal mask', (text.heads / text.kvHeads) * longest.tokens ** 2 * FLOAT),
    ...(parts.recompute
      ? [
          device('inputs of the blocks', blockInputs(config, tokens)),
          device('one block, on the tape', blockActivations(config, tokens), 'blocks'),
          device('inputs of the blocks of the tower', towerInputs(config, parts, longest, batch)),
        ]
      : [device('all blocks, on the tape', text.layers * blockActivations(config, tokens))]),
    device('attention scores of one block', SCORE_COPIES * attentionScores(config, longest.tokens), 'blocks'),
    device('one matrix widened from int4', isPacked ? FLOAT * text.hiddenSize * text.intermediateSize : 0, 'blocks'),
    device('logits of trained positions', LOGITS_COPIES * rows * text.vocabSize * FLOAT, 'head'),
    device('vision tower, its activations', visionActivations(config, parts, longest, batch), 'vision'),
    host('copy of what is trained', FLOAT * trained),
  ];
  return list.filter(({ bytes }) => bytes > 0);
}

/** Hidden states at the entrance of every block and at the end: what is kept when blocks are recomputed. */
export function blockInputs({ text }: ModelConfig, tokens: number): number {
  return FLOAT * tokens * text.hiddenSize * text.layers;
}

/** What the tape holds of one block. */
export function blockActivations({ text }: ModelConfig, tokens: number): number {
  const { hidden, keyValue, intermediate } = TAPED;
  const keyValueSize = text.kvHeads * text.headDim;
  return FLOAT * tokens * (hidden * text.hiddenSize + keyValue * keyValueSize + intermediate * text.intermediateSize);
}

/** Scores of all heads of one block. */
export function attentionScores({ text }: ModelConfig, tokens: number): number {
  return FLOAT * text.heads * tokens ** 2;
}

/** Language matrices in int4: half a byte a value and a scale a group, in whole groups a row. */
export function q4Bytes(config: ModelConfig, group = Q4_GROUP): number {
  return languageMatrices(config).reduce((sum, [out, input]) => {
    const groups = Math.ceil(input / group);
    return sum + out * groups * (group / 2 + 2);
  }, 0);
}

function matrixBytes(config: ModelConfig): number {
  return FLOAT * modelShape(config).matrices;
}

function languageMatrices(config: ModelConfig): [out: number, input: number][] {
  return [...parameterShapes(config)]
    .filter(([name, shape]) => name.startsWith('model.layers.') && shape.length === 2)
    .map(([, shape]) => [shape[0]!, shape[1]!]);
}

/** One block of the tower while it is frozen or recomputed; all of them on the tape where it is trained otherwise. */
function visionActivations({ vision }: ModelConfig, parts: Parts, sample: SampleShape, batch: number): number {
  const { hidden, intermediate } = isTowerTrained(parts) ? TAPED_VISION : FORWARD_VISION;
  const block = hidden * vision.hiddenSize + intermediate * vision.intermediateSize;
  const blocks = isTowerTrained(parts) && !parts.recompute ? vision.depth : 1;
  return FLOAT * patchCount(sample, batch) * (vision.patchDim + block * blocks);
}

/** What is kept of a trained tower until the gradient comes to it. */
function towerInputs({ vision }: ModelConfig, parts: Parts, sample: SampleShape, batch: number): number {
  return isTowerTrained(parts) ? FLOAT * patchCount(sample, batch) * vision.hiddenSize * (vision.depth + 1) : 0;
}

function isTowerTrained({ lora, frozen }: Parts): boolean {
  return !lora && frozen === 'none';
}

function patchCount({ grids }: SampleShape, batch: number): number {
  return batch * grids.reduce((sum, { height, width }) => sum + height * width, 0);
}

/** Optimiser memory of an adapter, all of it: weight, gradient and two moments. */
export function adapterTrainingBytes(config: ModelConfig, lora: LoraSettings): number {
  return 4 * FLOAT * trainedSize(config, { lora, frozen: 'none', base: 'f32', recompute: true });
}

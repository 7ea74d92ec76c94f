/** Memory of a training step, part by part, from the shapes. Values are float32 unless a scheme says otherwise. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { imageTokens } from '@agentiad/core/model/positions.ts';
import type { LoraSettings } from '../nn/lora.ts';
import type { Parts, SampleShape } from './shape.ts';
import { modelShape, trainedSize } from './shape.ts';

export interface MemoryPart {
  readonly name: string;
  readonly bytes: number;
  /** On the device that computes, or in the process beside it. On wasm and cpu both are the same memory. */
  readonly where: 'device' | 'host';
}

const FLOAT = 4;

/** Values of one row of q4 that share a scale of 16 bits (`core/model/q4.ts`). */
const Q4_GROUP = 32;

/** Logits that the head holds at once (nn/head.ts), and how many arrays of that size live together. */
const LOGITS = 2 ** 24;
const LOGITS_COPIES = 4;

/** Arrays of the size of the scores that live together when attention's gradient is taken (core/model/attention.ts). */
const SCORE_COPIES = 4;

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
  const device = (name: string, bytes: number): MemoryPart => ({ name, bytes, where: 'device' });
  const host = (name: string, bytes: number): MemoryPart => ({ name, bytes, where: 'host' });
  const block = blockActivations(config, tokens);
  const rows = Math.min(longest.trained * batch, Math.max(1, Math.floor(LOGITS / text.vocabSize)));
  return [
    device('language weights', (parts.base === 'q4' ? q4Bytes(config) : matrixBytes(config)) + FLOAT * vectors),
    device('one matrix widened from int4', parts.base === 'q4' ? FLOAT * text.hiddenSize * text.intermediateSize : 0),
    device('embedding and head', FLOAT * (embedding + head)),
    device('vision tower', FLOAT * vision),
    device('adapter', parts.lora ? FLOAT * trained : 0),
    device('gradients', FLOAT * trained),
    device('inputs of the blocks', blockInputs(config, tokens)),
    device('activations of one block', parts.recompute ? block : 0),
    device('activations of all blocks', parts.recompute ? 0 : block * text.layers),
    device('attention scores of one block', SCORE_COPIES * attentionScores(config, longest.tokens)),
    device('causal mask', (text.heads / text.kvHeads) * longest.tokens ** 2 * FLOAT),
    device('logits of trained positions', LOGITS_COPIES * rows * text.vocabSize * FLOAT),
    device('vision activations', visionActivations(config, parts, longest, batch)),
    host('master copy of what is trained', FLOAT * trained),
    host('optimiser moments', 2 * FLOAT * trained),
    host('gradients, read back', FLOAT * trained * (options.accumulates ? 2 : 1)),
  ].filter(({ bytes }) => bytes > 0);
}

/** Hidden states at the entrance of every block and at the end: what is kept when blocks are recomputed. */
export function blockInputs({ text }: ModelConfig, tokens: number): number {
  return FLOAT * tokens * text.hiddenSize * text.layers;
}

/** Two norms, q, attention's and both residual results in hidden width; k and v; four arrays inside the MLP. */
export function blockActivations({ text }: ModelConfig, tokens: number): number {
  const width = 6 * text.hiddenSize + 2 * text.kvHeads * text.headDim + 4 * text.intermediateSize;
  return FLOAT * tokens * width;
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

/** One block of the tower while it is frozen; all its inputs besides where it is trained. */
function visionActivations({ vision }: ModelConfig, parts: Parts, sample: SampleShape, batch: number): number {
  const patchesOf = sample.grids.map((grid) => imageTokens(grid, vision.mergeSize) * vision.mergeSize ** 2);
  const patches = batch * patchesOf.reduce((sum, count) => sum + count, 0);
  const block = FLOAT * patches * (8 * vision.hiddenSize + 4 * vision.intermediateSize);
  const pixels = FLOAT * patches * vision.patchDim;
  const isTrained = !parts.lora && parts.frozen === 'none';
  return pixels + block * (isTrained ? vision.depth : 1);
}

/** Optimiser memory of an adapter, all of it: weight, gradient and two moments. */
export function adapterTrainingBytes(config: ModelConfig, lora: LoraSettings): number {
  return 4 * FLOAT * trainedSize(config, { lora, frozen: 'none', base: 'f32', recompute: true });
}

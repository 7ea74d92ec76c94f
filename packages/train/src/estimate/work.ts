/**
 * Arithmetic of training, counted from the shapes: two operations per multiply-add of every matrix product, as in
 * `core/model/flops.ts`. Attention counts whole rows, which is what is computed; masked scores are not skipped.
 */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { inferenceFlops } from '@agentiad/core/model/flops.ts';
import type { Parts, SampleShape } from './shape.ts';
import { adapterSize, modelShape } from './shape.ts';

/** Operations of one pass over one sample, by part of the model. */
export interface Work {
  /** Linear layers of the language blocks, adapters included. */
  readonly linear: number;
  readonly attention: number;
  readonly head: number;
  readonly vision: number;
  readonly total: number;
}

export function forwardWork(config: ModelConfig, parts: Parts, sample: SampleShape): Work {
  const { text } = config;
  const { tokens } = sample;
  const weights = modelShape(config).matrices + (parts.lora ? adapterSize(config, parts.lora) : 0);
  return sum({
    linear: 2 * tokens * weights,
    attention: 4 * tokens ** 2 * text.hiddenSize * text.layers,
    head: 2 * sample.trained * text.hiddenSize * text.vocabSize,
    vision: inferenceFlops(config, { promptTokens: 0, generatedTokens: 0, imageGrids: sample.grids }).vision,
  });
}

/**
 * Forward and backward pass. Backward: every layer passes its gradient on (as much work as forward, attention twice),
 * trained weights cost as much again. With `recompute` each block runs forward once more; the head always does.
 */
export function trainingWork(config: ModelConfig, parts: Parts, sample: SampleShape): Work {
  const { linear, attention, head, vision } = forwardWork(config, parts, sample);
  const again = parts.recompute ? 1 : 0;
  const adapter = parts.lora ? 2 * sample.tokens * adapterSize(config, parts.lora) : 0;
  const weightGradients = parts.lora ? adapter : linear;
  const isVisionTrained = !parts.lora && parts.frozen === 'none';
  return sum({
    linear: linear * (2 + again) + weightGradients,
    attention: attention * (3 + again),
    head: head * (parts.lora ? 3 : 4),
    vision: vision * (isVisionTrained ? 3 + again : 1),
  });
}

export function scaled(work: Work, factor: number): Work {
  const { linear, attention, head, vision } = work;
  return sum({ linear: factor * linear, attention: factor * attention, head: factor * head, vision: factor * vision });
}

function sum(parts: Omit<Work, 'total'>): Work {
  return { ...parts, total: parts.linear + parts.attention + parts.head + parts.vision };
}

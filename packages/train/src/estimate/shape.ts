/** Sizes of a model and of its samples, as far as memory and work of training depend on them. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { embeddingName, headName, parameterShapes } from '@agentiad/core/model/params.ts';
import type { Grid } from '@agentiad/core/model/positions.ts';
import type { LoraSettings } from '../nn/lora.ts';
import { targetModules } from '../nn/lora.ts';
import type { TrainedParts } from '../run/config.ts';

/** Numbers of values. */
export interface ModelShape {
  /** Linear layers of the language blocks. */
  readonly matrices: number;
  /** Their norms and biases. */
  readonly vectors: number;
  readonly embedding: number;
  /** 0 when the head is the embedding. */
  readonly head: number;
  /** Tower and merger. */
  readonly vision: number;
}

/** What is trained and how the rest is held. */
export type Parts = Pick<TrainedParts, 'frozen' | 'lora' | 'base' | 'recompute'>;

/** A typical sample. */
export interface SampleShape {
  readonly tokens: number;
  /** Of these are targets. */
  readonly trained: number;
  readonly grids: readonly Grid[];
}

export function modelShape(config: ModelConfig): ModelShape {
  const sizes = { matrices: 0, vectors: 0, embedding: 0, head: 0, vision: 0 };
  for (const [name, shape] of parameterShapes(config)) {
    const size = shape.reduce((product, side) => product * side, 1);
    if (name === embeddingName) sizes.embedding += size;
    else if (name === headName) sizes.head += size;
    else if (name.startsWith('visual.')) sizes.vision += size;
    else if (shape.length > 1) sizes.matrices += size;
    else sizes.vectors += size;
  }
  return sizes;
}

/** Values of the adapter's factors. */
export function adapterSize(config: ModelConfig, lora: LoraSettings): number {
  const shapes = parameterShapes(config);
  return targetModules(config, lora).reduce((sum, module) => {
    const [out, input] = shapes.get(`${module}.weight`) as readonly [number, number];
    return sum + lora.rank * (out + input);
  }, 0);
}

/** Values that the optimiser changes. */
export function trainedSize(config: ModelConfig, { lora, frozen }: Parts): number {
  if (lora) return adapterSize(config, lora);
  const { matrices, vectors, embedding, head, vision } = modelShape(config);
  return matrices + vectors + embedding + head + (frozen === 'none' ? vision : 0);
}

/**
 * Everything an engine will put on the GPU and dispatch there, worked out from the configuration, the stored formats and
 * the device's limits. Pure: the memory and the dispatches per token are known before a byte is read.
 */
import type { Capabilities } from '../kernels/capabilities.ts';
import { rowStride } from '../kernels/layout.ts';
import { samplerLayout, type SamplerLayout } from '../kernels/sampler/layout.ts';
import { samplerDispatches } from '../kernels/sampler/sampler.ts';
import type { ModelConfig } from '../model/config.ts';
import type { EncodedWeights } from '../model/weightSource.ts';
import { UserError } from '../support/userError.ts';
import { megabytes, type BufferPlan } from './gpuMemory.ts';
import { planLanguage, type LanguageProgram } from './languageProgram.ts';
import { contextOf, type EngineOptions } from './options.ts';
import type { Step } from './step.ts';
import { planVisionStages, visionBuffers, type VisionStage } from './visionProgram.ts';
import { groupBytes, planWeights, type WeightPlan } from './weightPlan.ts';

/** Watched ids whose logits the sampler keeps at every step. */
export const maxWatched = 16;

export interface EnginePlan {
  readonly context: number;
  readonly chunkRows: number;
  readonly weights: WeightPlan;
  readonly language: LanguageProgram;
  readonly vision: readonly VisionStage[];
  readonly sampler: SamplerLayout;
  /** One token drawn. */
  readonly sample: readonly Step[];
  readonly sequenceBuffers: readonly BufferPlan[];
  /** Of one token in the loop: embedding, layers, head, sampler. */
  readonly dispatchesPerToken: number;
}

/** GPU bytes. */
export interface MemoryTable {
  readonly language: number;
  /** Keys and values of one sequence. */
  readonly cache: number;
  /** Activations, logits and what else one sequence needs. */
  readonly activations: number;
  /** Weights of the vision tower, or of its largest stage in low-memory mode. */
  readonly vision: number;
  /** While the image is encoded. */
  readonly visionScratch: number;
  readonly imageCache: number;
  readonly total: number;
}

/** Throws a UserError when the weights do not fit the configuration or the device's limits. */
export function planEngine(
  config: ModelConfig,
  weights: Pick<EncodedWeights, 'tensors'>,
  capabilities: Capabilities,
  options: EngineOptions,
): EnginePlan {
  const context = contextOf(config.text, options);
  const chunkRows = Math.min(options.chunkRows, context);
  const weightPlan = planWeights(config, weights, capabilities);
  const language = planLanguage(config.text, weightPlan, capabilities, { context, chunkRows });
  const sampler = samplerLayout(config.text.vocabSize, options.stepsPerReadback, maxWatched);
  const sample = samplerDispatches(sampler, capabilities).map(({ kernel, buffers, workgroups }): Step => ({
    kernel,
    buffers,
    workgroups: () => workgroups,
    cost: () => 0,
  }));
  const sequenceBuffers = [
    ...language.sequenceBuffers,
    ...(['settings', 'masks', 'scratch', 'result'] as const).map((name) => ({ name, bytes: sampler.bytes[name] })),
  ];
  checkBindings([...language.buffers, ...sequenceBuffers], capabilities, context);
  return {
    context,
    chunkRows,
    weights: weightPlan,
    language,
    vision: planVisionStages(config.vision, weightPlan.vision, capabilities),
    sampler,
    sample,
    sequenceBuffers,
    dispatchesPerToken: language.decode.length + language.head.length + sample.length,
  };
}

/** Memory with one sequence, while an image of `patches` patches (the largest that is expected) is encoded. */
export function memoryTable(
  plan: EnginePlan,
  config: ModelConfig,
  options: Pick<EngineOptions, 'lowMemory' | 'imageCacheBytes'>,
  patches: number,
): MemoryTable {
  const isCache = ({ name }: BufferPlan) => name.startsWith('kv.');
  const stages = plan.weights.vision.map(groupBytes);
  const groups = patches / config.vision.mergeSize ** 2;
  const parts = {
    language: groupBytes(plan.weights.language),
    cache: sum(plan.sequenceBuffers.filter(isCache)),
    activations: sum(plan.language.buffers) + sum(plan.sequenceBuffers.filter((buffer) => !isCache(buffer))),
    vision: options.lowMemory ? Math.max(...stages) : stages.reduce((total, bytes) => total + bytes, 0),
    visionScratch:
      sum(visionBuffers(config.vision, patches, patches)) + 4 * groups * rowStride(config.vision.outHiddenSize),
    imageCache: options.imageCacheBytes,
  };
  return { ...parts, total: Object.values(parts).reduce((total, bytes) => total + bytes, 0) };
}

function sum(buffers: readonly BufferPlan[]): number {
  return buffers.reduce((total, { bytes }) => total + bytes, 0);
}

function checkBindings(buffers: readonly BufferPlan[], capabilities: Capabilities, context: number): void {
  const limit = Math.min(capabilities.maxBindingBytes, capabilities.maxBufferBytes);
  const tooLarge = buffers.find(({ bytes }) => bytes > limit);
  if (!tooLarge) return;
  const isCache = tooLarge.name.startsWith('kv.') || tooLarge.name === 'rope';
  const fitting = Math.floor((context * limit) / tooLarge.bytes);
  throw new UserError({
    code: 'adapter-limits',
    subject: 'The graphics device',
    reason: `binds at most ${megabytes(limit)} at once (maxStorageBufferBindingSize), ${
      isCache ? `a context of ${context} tokens` : `the buffer "${tooLarge.name}"`
    } needs ${megabytes(tooLarge.bytes)}.`,
    remedy: isCache ? `Limit the context to ${fitting} tokens.` : 'Use a smaller model, or another device.',
  });
}

/** How long a run of a model takes on a device that `microBench.ts` has measured. Pure arithmetic. */
import { headStride } from '../kernels/layout.ts';
import type { ModelConfig } from '../model/config.ts';
import { inferenceFlops } from '../model/flops.ts';
import type { Grid } from '../model/positions.ts';
import type { DeviceSpeed } from './microBench.ts';

export interface RunShape {
  /** Patch grids of the images, each encoded once. */
  readonly imageGrids: readonly Grid[];
  /** All prompt tokens of all turns, those of the images included. */
  readonly promptTokens: number;
  readonly generatedTokens: number;
}

/** What the engine reads and records for one token. */
export interface TokenCost {
  /** Weights of the language body and the head as they are stored. */
  readonly weightBytes: number;
  /** Bytes of keys and values per token of context. */
  readonly cacheBytesPerToken: number;
  readonly dispatches: number;
}

export interface Prediction {
  readonly visionSeconds: number;
  readonly prefillSeconds: number;
  readonly decodeSeconds: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
}

/** Seconds of one token at `context`: its bytes at the rate of the engine's own product, and its dispatches. */
export function predictTokenSeconds(cost: TokenCost, context: number, speed: DeviceSpeed): number {
  const weights = cost.weightBytes / speed.decodeRate;
  const cache = (cost.cacheBytesPerToken * context) / Math.max(speed.readRate, speed.decodeRate);
  return weights + cache + cost.dispatches * speed.dispatchSeconds;
}

export function predictRun(config: ModelConfig, cost: TokenCost, run: RunShape, speed: DeviceSpeed): Prediction {
  const { vision, language } = inferenceFlops(config, { ...run, generatedTokens: 0 });
  const visionSeconds = vision / speed.prefillRate;
  const prefillSeconds = language / speed.prefillRate;
  const tokenSeconds = predictTokenSeconds(cost, run.promptTokens + run.generatedTokens / 2, speed);
  const decodeSeconds = run.generatedTokens * tokenSeconds;
  return {
    visionSeconds,
    prefillSeconds,
    decodeSeconds,
    seconds: visionSeconds + prefillSeconds + decodeSeconds,
    tokensPerSecond: 1 / tokenSeconds,
  };
}

/** Bytes of keys and values of one token in all layers. */
export function cacheBytesPerToken({ text }: ModelConfig, kv: 'f16' | 'f32'): number {
  return text.layers * 2 * text.kvHeads * headStride(text.headDim) * (kv === 'f16' ? 2 : 4);
}

/** What may be chosen when an engine is made, with its defaults in one place. */
import type { Capabilities } from '../kernels/capabilities.ts';
import type { TextConfig } from '../model/config.ts';
import type { Timer } from './deviceGuard.ts';

export interface EngineOptions {
  /** Tokens a session may hold; the model's own limit where that is smaller. */
  readonly context: number;
  /** Tokens generated before the host reads them; 1 while a token mask is in use. */
  readonly stepsPerReadback: number;
  /** Prompt tokens that go through the model at once; fewer on slow devices. */
  readonly chunkRows: number;
  /** The vision tower's weights are uploaded for each image, block by block, and dropped after it. */
  readonly lowMemory: boolean;
  /** Bytes of image embeddings kept on the GPU for reuse. */
  readonly imageCacheBytes: number;
  /** A submission that takes longer than this counts as hung; software adapters get five times as long. */
  readonly timeoutMs: number;
  /** What one submission should take at most, so that no watchdog ends it and an abort is soon noticed. */
  readonly submitMs: number;
  /** What the device can do; read from it and confirmed by the self-test by default. */
  readonly capabilities: Capabilities | null;
  /** Waits of the host; a timeout by default. */
  readonly timer: Timer | null;
}

export const defaultOptions: EngineOptions = {
  context: 8192,
  stepsPerReadback: 8,
  chunkRows: 256,
  lowMemory: false,
  imageCacheBytes: 64 * 1024 * 1024,
  timeoutMs: 120_000,
  submitMs: 1000,
  capabilities: null,
  timer: null,
};

/** Tokens a session of this engine may hold. */
export function contextOf(config: TextConfig, options: Pick<EngineOptions, 'context'>): number {
  return Math.min(config.maxPositions, options.context);
}

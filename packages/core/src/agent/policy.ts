/**
 * Who acts in an inspection: the model (`modelPolicy.ts`) or a scripted teacher in training. The loop in `inspect.ts`
 * cannot tell them apart, so training sees exactly what inference sees.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { AbortSignalLike } from '../model/backbone.ts';
import type { TraceStep } from '../protocol/trace.ts';

export interface ActRequest {
  /** Steps so far, for scripted teachers; the model does not need them. */
  readonly steps: readonly TraceStep[];
  /** Already recorded as the model's own text; the action continues it. Empty unless an answer is forced. */
  readonly forcedPrefix: string;
  readonly forcedIds: readonly number[];
  readonly signal?: AbortSignalLike;
  readonly onText: (text: string) => void;
}

export interface Action {
  /** Generated ids, with the end-of-turn id if it was reached, without the forced prefix. */
  readonly ids: readonly number[];
  /** Text of `ids` without the end-of-turn token. */
  readonly text: string;
  readonly stopReason: 'stop' | 'length' | 'aborted';
  /** P(true) / (P(true) + P(false)) at the last `anomaly_present` value token, or null when there was none. */
  readonly score: number | null;
}

export interface Policy {
  /** What the verdict has to say of how this went, e.g. that the device had to be restarted. */
  readonly warnings?: readonly string[];
  /** New prompt or observation tokens, images already expanded. Once `signal` ended it, `act` answers `aborted`. */
  observe(ids: readonly number[], images: readonly ProcessedImage[], signal?: AbortSignalLike): Promise<void>;
  act(request: ActRequest): Promise<Action>;
  /**
   * P(true) / (P(true) + P(false)) of the value after `ids` (images already expanded), which end before it. The
   * conversation stays as it is. Absent where it cannot be had.
   */
  believe?(ids: readonly number[], images: readonly ProcessedImage[]): Promise<number>;
  dispose(): void;
}

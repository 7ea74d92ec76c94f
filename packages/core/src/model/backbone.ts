/**
 * What the agent needs from a vision-language model. `model/` (TensorFlow.js) and `engine/` (own WGSL) implement it; the
 * agent cannot tell which one it drives.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelConfig } from './config.ts';
import type { Sampler } from './sampler.ts';

/** Where the weights come from and what they are good for; shown on the page and stored in every verdict. */
export interface ModelCard {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the container's manifest (or of the checkpoint's index): the identity of these weights. */
  readonly sha256: string;
  /** Storage scheme of the language body, e.g. `f32`, `f16`, `q8`, `q4`. */
  readonly scheme: string;
  /** Plain words: what it was trained on. Shown as "demo model: trained on ...". */
  readonly trainedOn: string;
  readonly licence: string;
  readonly commercialUse: 'yes' | 'no' | 'ask';
  /** False for a base model never tuned for the protocol: runs with constrained decoding and is labelled "untuned". */
  readonly tuned: boolean;
  /** False: it never met specifications in its training, so a recipe's is left out of its prompt. Default: it reads them. */
  readonly readsSpecification?: boolean;
}

/** Allows or forbids next tokens: given the ids generated so far, the allowed ids, or null for "all". */
export type TokenMask = (generated: readonly number[]) => readonly number[] | null;

/** Ids whose raw logits are wanted at some positions: which ids is known beforehand, so that a GPU can keep them. */
export interface Watch {
  readonly ids: readonly number[];
  /** Asked once for each position, in order: whether the logits before the next token are wanted. */
  at(generated: readonly number[]): boolean;
}

export interface Reading {
  /** Index into the generated ids of the token these logits chose. */
  readonly index: number;
  /** Raw logits (temperature 1, before masks) of the watched ids, same order as asked. */
  readonly logits: readonly number[];
}

export interface GenerateOptions {
  readonly maxNewTokens: number;
  readonly sampler: Sampler;
  /** Generation ends after one of these ids was generated (it is included in the result). */
  readonly stopIds: readonly number[];
  readonly mask?: TokenMask;
  readonly watch?: Watch;
  readonly onToken?: (id: number) => void;
  /** Checked before each token is taken; an aborted generation returns what there is with `stopReason: 'aborted'`. */
  readonly signal?: AbortSignalLike;
}

/** The part of `AbortSignal` the core needs; core has no DOM types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

export interface GenerateResult {
  readonly ids: readonly number[];
  readonly stopReason: 'stop' | 'length' | 'aborted';
  readonly readings: readonly Reading[];
}

/** One growing token sequence with its KV cache. Later turns prefill only their new tokens. */
export interface Session {
  /** Tokens in the cache so far. */
  readonly length: number;
  /**
   * Appends `ids` (each image already expanded to its run of image-pad ids) and the images of those runs, in order.
   * Ids and images must agree in count; throws otherwise. `signal` is looked at between pieces of the work; a session
   * whose prefill it ended can only be disposed.
   */
  prefill(ids: readonly number[], images: readonly ProcessedImage[], signal?: AbortSignalLike): Promise<void>;
  /** Generates from the current end; generated ids stay in the sequence. Image and vision ids are never sampled. */
  generate(options: GenerateOptions): Promise<GenerateResult>;
  /**
   * Raw logits of `watched` for the token after `ids` and `images`, as `prefill` takes them. Leaves no mark: the next
   * token is the one it would have been. Not every session can.
   */
  peek?(
    ids: readonly number[],
    images: readonly ProcessedImage[],
    watched: readonly number[],
  ): Promise<readonly number[]>;
  /** Frees the cache. */
  dispose(): void;
}

export interface Backbone {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly card: ModelCard;
  createSession(): Session;
  /**
   * Sessions that run at the same time and share their work: what all are fed first is prefilled once, tokens are drawn
   * for all in one pass. Each must be used or disposed, or the others wait for it.
   */
  createSessions?(count: number): readonly Session[];
  /** Frees the weights. */
  dispose(): void;
}

/** What a tool of the agent is. The explicit list is in `index.ts`. */
import type { Box } from '../image/box.ts';
import type { Raster } from '../image/raster.ts';
import type { ToolName } from '../protocol/modes.ts';
import type { ImageRole } from '../protocol/trace.ts';
import type { ExemplarUse } from '../protocol/verdict.ts';
import type { DifferenceResult, LibraryMatch } from './difference/contract.ts';
import type { ExemplarSet } from './exemplars.ts';

/** An image of the conversation at its source's resolution: what tools cut from. */
export interface ConversationImage {
  readonly role: ImageRole;
  readonly source: { readonly sha256: string; readonly name: string; readonly width: number; readonly height: number };
  /** Rectangle of the source that `raster` shows, in source pixels. */
  readonly frame: Box;
  readonly raster: Raster;
}

export interface ToolContext {
  /** Images so far; `target_image` k addresses `images[k - 1]`, 1 = the part. */
  readonly images: readonly ConversationImage[];
  readonly library: ExemplarSet | null;
  /** Library match over `library`; null without a feature tower or without exemplars. */
  readonly match: LibraryMatch | null;
  /** Ids of exemplars already shown by `query_image`, so that a second call shows another one. */
  readonly shownExemplars: readonly string[];
}

/** A box of the part that the observation is about. */
export interface ObservedBox {
  readonly box: Box;
  readonly note: string;
  readonly clamped: boolean;
}

export interface ToolOutcome {
  /** Text of the observation, as rendered to the model before the image. */
  readonly text: string;
  /** Image to append to the conversation, or null. */
  readonly image: ConversationImage | null;
  readonly boxes: readonly ObservedBox[];
  /** Set by `difference`: the full result and the part's rectangle it is about. */
  readonly difference?: { readonly result: DifferenceResult; readonly view: Box };
  /** Set by `query_image`. */
  readonly exemplar?: ExemplarUse;
}

export interface Tool {
  readonly name: ToolName;
  readonly description: string;
  /** JSON Schema of the arguments, as shown to the model. */
  readonly parameters: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, object>>;
    readonly required: readonly string[];
  };
  /** Runs the tool; throws `ToolError` for anything the agent can correct. */
  run(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolOutcome>;
}

/** A failed call: its message becomes an error observation, so the agent can try something else. */
export class ToolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolError';
  }
}

/** The conversation image that `target_image` addresses. */
export function targetImage(context: ToolContext, target: number): ConversationImage {
  const image = Number.isInteger(target) ? context.images[target - 1] : undefined;
  if (!image) {
    throw new ToolError(`target_image must be a whole number from 1 to ${context.images.length}, got ${target}.`);
  }
  return image;
}

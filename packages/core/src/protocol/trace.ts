/**
 * The trace: a stored, replayable record of one inspection (design §6). JSON Schema: `schema/trace.schema.json`.
 * A trace is one JSON file; pixels are PNG bytes by content hash.
 */
import type { Box } from '../image/box.ts';
import type { Answer } from './answer.ts';
import type { ExemplarUse, Label, LibraryMatchSummary, Status, Verdict } from './verdict.ts';

export type ImageRole = 'part' | 'crop' | 'exemplar' | 'exemplar-crop';

/** One image of the conversation, as the model received it. */
export interface TraceImage {
  /** 1-based index in the conversation: what `target_image` addresses. */
  readonly index: number;
  readonly role: ImageRole;
  /** SHA-256 of the source file, and the rectangle of its upright pixels that this image shows. */
  readonly source: { readonly sha256: string; readonly name: string; readonly width: number; readonly height: number };
  readonly frame: Box;
  /** Key into `assets`: the exact resized pixels the model saw. */
  readonly asset: string;
  /** Tokens it took in the language model. */
  readonly tokens: number;
}

export interface TraceToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface TraceStep {
  readonly id: string;
  /** What the model wrote in this turn, verbatim. */
  readonly rawText: string;
  /** Its reasoning without tags, for reading. */
  readonly thought: string;
  /** The parsed call; null in the answer turn and when the call could not be parsed. */
  readonly call: TraceToolCall | null;
  /** The tool's answer, exactly as rendered to the model; null in the answer turn. */
  readonly observation: {
    readonly text: string;
    readonly isError: boolean;
    /** Index into `images`, when the observation shows one. */
    readonly image: number | null;
    /** Boxes in the part this step is about (crop rectangle after padding, places that differ). */
    readonly boxes: readonly { readonly box: Box; readonly note: string; readonly clamped: boolean }[];
    /** Evidence map of `difference`: percentile (or raw ratio when uncalibrated) per cell, over `box`. */
    readonly map: {
      readonly rows: number;
      readonly columns: number;
      readonly values: readonly number[];
      readonly kind: 'percentile' | 'ratio';
      readonly box: Box;
      /** Where it peaks, in pixels of the part, finer than a cell. Absent: nowhere, or an older trace. */
      readonly peak?: readonly [x: number, y: number];
    } | null;
    /** Of `difference`: its numbers. */
    readonly match?: LibraryMatchSummary;
    /** Of `query_image`: which good part it shows. */
    readonly exemplar?: ExemplarUse;
  } | null;
  /** `library-match`: the recipe's fast path, in the agent's place. */
  readonly author: 'agent' | 'human' | 'library-match';
  readonly tokens: { readonly prefilled: number; readonly generated: number };
  readonly ms: {
    readonly prefill: number;
    readonly decode: number;
    readonly tool: number;
    /** What reading `belief` took; the inspection itself would have done without. */
    readonly belief?: number;
  };
  /** Ids the model wrote, where its tokenizer does not give them back from `rawText` and the end of the turn. */
  readonly ids?: readonly number[];
  /**
   * P(true) / (P(true) + P(false)) had the answer been forced after this step; of the answer itself, its score. Null
   * where it could not be read; absent where nobody asked.
   */
  readonly belief?: number | null;
}

export interface TraceAsset {
  readonly mime: 'image/png';
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

/**
 * What came of a question that a person asked of a finished inspection: the same conversation up to a step, then another
 * way. Shown as a run of its own (`replay/branches.ts`); its pixels are in the trace's `assets`.
 */
export interface TraceBranch extends Pick<
  Verdict,
  'status' | 'libraryMatch' | 'regions' | 'claims' | 'coverage' | 'exemplars' | 'model' | 'warnings' | 'errors'
> {
  readonly id: string;
  /** `asked`: a place pointed at; `swapped`: another good part shown; `sweep`: all that had not been seen sharply. */
  readonly kind: 'asked' | 'swapped' | 'sweep';
  /** Step of the inspection after which it goes another way; null: before the first. */
  readonly after: string | null;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Its own; indices go on from those of the inspection up to `after`. */
  readonly images: readonly TraceImage[];
  /** Its own; the first of `asked` and `swapped`, and all tiles of `sweep`, by `human`. */
  readonly steps: readonly TraceStep[];
  readonly answer: Answer | null;
  readonly score: number | null;
  readonly label: Label;
  readonly reason: string;
  /** Milliseconds it took. */
  readonly ms: number;
}

/** One control of "What decided it?": the same inspection with something taken away or made wrong. */
export interface TraceCheck {
  readonly kind: CheckKind;
  readonly created: string;
  /** `skipped`: there was nothing to take away, `message` says why. */
  readonly status: Status | 'skipped';
  readonly answer: Answer | null;
  readonly score: number | null;
  readonly label: Label | null;
  /** The agent says the other thing than in the inspection itself; null without an answer. */
  readonly flips: boolean | null;
  /** Why there is no answer; empty otherwise. */
  readonly message: string;
  /** Of `wrong-exemplar`: the category whose good parts were shown, or null: its own ones, cut up and shuffled. */
  readonly shown?: string | null;
}

export const CHECK_KINDS = ['no-zoom', 'no-exemplar', 'wrong-exemplar', 'grey-crop'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

export interface Trace {
  readonly schema: 'agentiad-trace/1';
  readonly verdict: Verdict;
  /** The system and user text as rendered to the model. */
  readonly prompt: { readonly system: string; readonly user: string };
  readonly images: readonly TraceImage[];
  readonly steps: readonly TraceStep[];
  /** PNG bytes by SHA-256. */
  readonly assets: Readonly<Record<string, TraceAsset>>;
  /** As a step's `belief`, before the first: after the look at the whole part. */
  readonly firstBelief?: number | null;
  /** Oldest first. */
  readonly branches?: readonly TraceBranch[];
  /** The last of each kind. */
  readonly checks?: readonly TraceCheck[];
}

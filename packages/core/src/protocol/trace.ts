/**
 * The trace: a stored, replayable record of one inspection (design §6). JSON Schema: `schema/trace.schema.json`.
 * A trace is one JSON file; pixels are PNG bytes by content hash.
 */
import type { Box } from '../image/box.ts';
import type { Verdict } from './verdict.ts';

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
    } | null;
  } | null;
  readonly author: 'agent' | 'human';
  readonly tokens: { readonly prefilled: number; readonly generated: number };
  readonly ms: { readonly prefill: number; readonly decode: number; readonly tool: number };
}

export interface TraceAsset {
  readonly mime: 'image/png';
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

export interface Trace {
  readonly schema: 'agentiad-trace/1';
  readonly verdict: Verdict;
  /** The system and user text as rendered to the model. */
  readonly prompt: { readonly system: string; readonly user: string };
  readonly images: readonly TraceImage[];
  readonly steps: readonly TraceStep[];
  /** PNG bytes by SHA-256. */
  readonly assets: Readonly<Record<string, TraceAsset>>;
}

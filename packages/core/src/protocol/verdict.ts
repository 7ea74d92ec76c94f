/**
 * The verdict: what an inspection found and on what grounds (design §6, studio-ux §5.6). JSON Schema:
 * `schema/verdict.schema.json`. All boxes are `[x1, y1, x2, y2]` in pixels of the upright original, half-open.
 */
import type { Areas } from '../image/areas.ts';
import type { Box } from '../image/box.ts';
import type { WindowLevel } from '../image/windowLevel.ts';
import type { Answer } from './answer.ts';
import type { Mode, ToolName } from './modes.ts';
import type { Triage } from './recipe.ts';

export type Label = 'normal' | 'review' | 'anomalous';
export type Status = 'complete' | 'interrupted' | 'failed';

/** How a box came about: the frame the agent spoke in, its raw numbers and whether they had to be clamped. */
export interface RegionOrigin {
  /** 1-based index of the conversation image the agent addressed. */
  readonly image: number;
  /** That image's rectangle in the part. */
  readonly frame: Box;
  /** The numbers as the agent gave them, before any conversion; null for a region that a tool computed. */
  readonly raw: string | null;
  readonly clamped: boolean;
}

export interface Region {
  readonly id: string;
  readonly kind: 'inspected' | 'defect';
  readonly box: Box;
  readonly label: string | null;
  /** Step that produced it. */
  readonly step: string;
  readonly origin: RegionOrigin;
}

export interface Claim {
  readonly text: string;
  readonly evidence: { readonly steps: readonly string[]; readonly regions: readonly string[] };
  /** True when the claim cites nothing that the agent did. */
  readonly unsupported: boolean;
}

export interface LibraryMatchRegion {
  readonly box: Box;
  /** Distance to the nearest exemplar patch, divided by the exemplars' own largest distance (1 = as far as good parts get). */
  readonly ratio: number;
  /** Percentile (0..100) against the exemplars' own variation; null when uncalibrated (fewer than 3 exemplars). */
  readonly percentile: number | null;
}

export interface LibraryMatchSummary {
  /** Rectangle of the part that was compared: the whole part, unless the agent compared only crops. */
  readonly view: Box;
  readonly score: number;
  readonly percentile: number | null;
  readonly calibrated: boolean;
  readonly exemplarCount: number;
  readonly regions: readonly LibraryMatchRegion[];
}

export interface ExemplarUse {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  /** Cosine similarity of the global embeddings, or null when no feature tower was there. */
  readonly similarity: number | null;
}

export interface StepSummary {
  readonly id: string;
  /** As the agent wrote it, also when there is no such tool; null when nothing was called. */
  readonly tool: string | null;
  readonly args: Readonly<Record<string, unknown>> | null;
  readonly ok: boolean;
  readonly output: string;
  readonly ms: number;
  readonly tokens: { readonly prefilled: number; readonly generated: number };
}

/** Which part it was, as a person or the file's name tells; null where nobody does. */
export interface PartFields {
  readonly part: string | null;
  readonly lot: string | null;
  readonly station: string | null;
  readonly operator: string | null;
}

/** What a person decided, beside the verdict and never over it. */
export interface HumanDecision {
  readonly decision: 'good' | 'defect' | 'unsure';
  /** True when the person took over what the agent said, with one key. */
  readonly accepted: boolean;
  /** Kind of defect, of the category's types or in own words. */
  readonly type: string | null;
  readonly note: string | null;
  /** Who decided, as they call themselves; may be empty. */
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The verdict that was decided on (`hashVerdict`): it can be proven that it was not changed since. */
  readonly verdictSha256: string;
  /** Filled in when a verdict is saved to a file, only where it is so: the verdict beside it is not the one decided on. */
  readonly verdictChanged?: true;
}

/** What the score alone says at other thresholds than those the verdict was issued with; never a validated label. */
export interface Relabelled {
  readonly t1: number;
  readonly t2: number;
  readonly label: Label;
}

export interface Verdict {
  readonly schema: 'agentiad-verdict/1';
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly status: Status;
  readonly verdict: {
    readonly label: Label;
    /**
     * P(true) / (P(true) + P(false)) at the `anomaly_present` value token, calibrated where `scoreKind` says so; null unless
     * status is `complete` and the agent decided.
     */
    readonly score: number | null;
    readonly scoreKind: 'raw' | 'calibrated';
    readonly scoreMeaning: string;
    /** Before calibration; only with `scoreKind: 'calibrated'`. */
    readonly rawScore?: number | null;
    /** Who decided; Library match where the recipe's fast path was sure enough, and then there is no score. */
    readonly decidedBy?: 'agent' | 'library-match';
    /** Plain words first: why this label. */
    readonly reason: string;
  };
  /** What the agent said, whatever the thresholds made of it; null when it gave no valid answer. */
  readonly agentAnswer: Answer | null;
  readonly libraryMatch: LibraryMatchSummary | null;
  readonly regions: readonly Region[];
  readonly claims: readonly Claim[];
  /** Share (0..1) of the part that was seen at full resolution. */
  readonly coverage: { readonly share: number };
  /** Good parts that were shown to the agent. */
  readonly exemplars: readonly ExemplarUse[];
  /** Good parts that Library match compared with; the hash is of theirs, sorted, one a line. */
  readonly comparedExemplars?: { readonly count: number; readonly sha256: string };
  readonly steps: readonly StepSummary[];
  readonly part: { readonly category: string | null } & Partial<PartFields>;
  readonly image: {
    readonly name: string;
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bitDepth: number;
    readonly orientationApplied: number;
    readonly conversions: readonly string[];
    /** Of the file. */
    readonly sizeBytes?: number;
    /** How more than 8 bits were reduced to what the model saw. */
    readonly windowLevel?: WindowLevel;
  };
  readonly model: {
    readonly id: string;
    readonly sha256: string;
    readonly scheme: string;
    readonly trainedOn: string;
    readonly licence: string;
    readonly commercialUse: 'yes' | 'no' | 'ask';
    readonly tuned: boolean;
    readonly backend: string;
    readonly adapter: string;
  };
  /** The feature tower of Library match; null when there was none. */
  readonly tower?: { readonly id: string; readonly sha256: string } | null;
  readonly recipe: { readonly id: string; readonly version: number; readonly name?: string } | null;
  readonly settings: {
    readonly mode: Mode;
    readonly types: readonly string[];
    readonly t1: number;
    readonly t2: number;
    /** Of the recipe; left out where it leaves them to the agent. */
    readonly tools?: readonly ToolName[];
    readonly areas?: Areas;
    readonly pixelCap?: number | null;
    readonly triage?: Triage | null;
    /** Of the recipe, as the model was told it; left out where it was told none. */
    readonly specification?: string;
    readonly maxToolCalls: number;
    readonly temperature: number;
    readonly seed: number;
    /** SHA-256 of the rendered system and user prompt text. */
    readonly promptSha256: string;
  };
  readonly timings: { readonly totalMs: number; readonly modelMs: number; readonly toolMs: number };
  /** Null as issued; filled in when a verdict is saved to a file after somebody decided. */
  readonly human: HumanDecision | null;
  /** Filled in when a verdict is saved to a file: the thresholds of its category at that time. */
  readonly relabelled?: Relabelled;
  readonly warnings: readonly string[];
  readonly errors: readonly { readonly code: string; readonly message: string }[];
  /** True for replayed or recorded runs, so that a demo can never pass as a measurement. */
  readonly isSimulated: boolean;
}

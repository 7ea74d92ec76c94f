/**
 * Every record the studio keeps. Rules: metadata apart from pixels (a record that a list reads holds no bytes); bytes
 * by SHA-256 as ArrayBuffer (Safari's private mode cannot keep Blobs); shapes change by migration only.
 */
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { HumanDecision, Label, Status } from '@agentiad/core/protocol/verdict.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { DBSchema } from 'idb';

export type RunOrigin = 'live' | 'imported';

/** One inspection as the history lists it. `running` means: begun, and no finished trace was stored. */
export interface RunRecord {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly status: Status | 'running';
  readonly origin: RunOrigin;
  readonly name: string;
  readonly category: string | null;
  readonly imageSha256: string;
  /** As issued; null unless the inspection came to an answer, as are the next three. */
  readonly label: Label | null;
  readonly score: number | null;
  /** What the agent answered, whatever the thresholds made of it. */
  readonly agentSays: 'normal' | 'anomalous' | null;
  /** The thresholds it was issued with. */
  readonly thresholds: Thresholds | null;
  /** The verdict in words, as the list shows it. */
  readonly summary: string;
  readonly durationMs: number;
}

/** What an inspection was asked, so that it can go on after its page was closed. */
export interface AskedFor {
  readonly mode: Mode;
  readonly types: readonly string[];
  readonly thresholds: Thresholds;
  readonly seed: number;
  readonly modelSha256: string;
  /** How an image of more than 8 bits was reduced. */
  readonly windowLevel?: WindowLevel;
}

/** A trace without its pixels, which are in `assets`; before the end, what there was after the last finished step. */
export interface TraceRecord {
  readonly runId: string;
  readonly trace: Omit<Trace, 'assets' | 'verdict'> & {
    readonly verdict: Trace['verdict'] | null;
    readonly askedFor?: AskedFor;
  };
  readonly assets: Readonly<Record<string, { readonly width: number; readonly height: number }>>;
}

export interface ExemplarRecord {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly added: string;
}

export interface CategoryRecord {
  readonly name: string;
  readonly types: readonly string[];
  readonly created: string;
}

/** Bytes by content hash: thumbnails by their file's hash. */
export interface BytesRecord {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: ArrayBuffer;
}

/** Image files and the PNGs that traces refer to. */
export interface AssetRecord extends BytesRecord {
  /**
   * ISO 8601, UTC: when an image file came. It precedes what will refer to it, so it is kept for a while even when
   * nothing does. Empty for a trace's PNG, which is stored together with its trace.
   */
  readonly added: string;
  /** How an image of more than 8 bits was last reduced. */
  readonly windowLevel?: WindowLevel;
}

/** The newest decision on a run, beside its verdict. */
export interface DecisionRecord extends HumanDecision {
  readonly runId: string;
}

export interface QueueRecord {
  readonly id: string;
  readonly added: string;
  readonly name: string;
  readonly sha256: string;
  readonly category: string | null;
}

export interface SettingRecord {
  readonly key: string;
  readonly value: unknown;
}

/** An undoable change of the library, oldest first. */
export interface JournalRecord {
  readonly id: string;
  readonly at: string;
  readonly kind: 'exemplar-deleted';
  readonly exemplar: ExemplarRecord;
}

export interface StudioDb extends DBSchema {
  runs: { key: string; value: RunRecord; indexes: { created: string; imageSha256: string } };
  traces: { key: string; value: TraceRecord };
  exemplars: { key: string; value: ExemplarRecord; indexes: { category: string; sha256: string } };
  categories: { key: string; value: CategoryRecord };
  recipes: { key: string; value: Recipe; indexes: { category: string } };
  assets: { key: string; value: AssetRecord; indexes: { added: string } };
  thumbs: { key: string; value: BytesRecord };
  decisions: { key: string; value: DecisionRecord };
  queue: { key: string; value: QueueRecord; indexes: { added: string } };
  settings: { key: string; value: SettingRecord };
  journal: { key: string; value: JournalRecord; indexes: { at: string } };
}

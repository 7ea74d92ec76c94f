/**
 * Every record the studio keeps. Rules: metadata apart from pixels (a record that a list reads holds no bytes); bytes
 * by SHA-256 as ArrayBuffer (Safari's private mode cannot keep Blobs); shapes change by migration only.
 */
import type { Box } from '@agentiad/core/image/box.ts';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { HumanDecision, Label, PartFields, Status } from '@agentiad/core/protocol/verdict.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Calibration, Recipe, ValidatedWith } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { DBSchema } from 'idb';

/** `validation`: made by the validation of a recipe. */
export type RunOrigin = 'live' | 'imported' | 'validation';

/** Which recipe something was asked with. */
export interface RecipeReference {
  readonly id: string;
  readonly version: number;
  readonly name: string;
}

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
  /** Null: inspected without one. */
  readonly recipe: RecipeReference | null;
  readonly part: PartFields;
  /** Library match's score of the part; null when it was not asked. */
  readonly libraryScore: number | null;
  /** Exemplars that it was compared with, by the hash of their files. */
  readonly exemplarSha256: readonly string[];
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
  readonly recipe?: Recipe | null;
  readonly part?: PartFields;
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
  /** Compared with only while true. */
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly note: string;
  /** Path inside the folder it came from; null for a single file. */
  readonly source: string | null;
}

export interface CategoryRecord {
  readonly name: string;
  readonly types: readonly string[];
  readonly created: string;
  /** The recipe that new inspections of this kind are made with; null: none. */
  readonly recipeId: string | null;
}

/** An image of known truth, for validation: never an exemplar. */
export interface LabelledRecord {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  readonly sha256: string;
  readonly truth: 'normal' | 'anomalous';
  readonly type: string | null;
  /** Path inside the folder it came from; null for a single file. */
  readonly source: string | null;
  readonly added: string;
}

/** One validation of one version of a recipe; what came of each image is in `outcomes`. */
export interface ValidationRecord {
  readonly id: string;
  readonly recipe: RecipeReference;
  readonly category: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** `running` in a page that was closed: it can be gone on with. */
  readonly status: 'running' | 'complete' | 'stopped';
  readonly with: ValidatedWith;
  /** What its figures were counted from when it was complete; left out by an earlier studio. */
  readonly counted?: CountedCases;
}

/** The figures in the recipe are those of `date`. */
export interface CountedCases {
  readonly date: string;
  readonly calibration: Calibration | null;
  /** Which images, and what each was labelled then. */
  readonly images: readonly Pick<LabelledRecord, 'sha256' | 'truth'>[];
}

/** What an inspection of one labelled image came to; its trace is stored as the run `runId`. */
export interface OutcomeRecord {
  readonly validationId: string;
  readonly sha256: string;
  readonly name: string;
  readonly truth: 'normal' | 'anomalous';
  readonly runId: string;
  /** Raw; null for a failed inspection. */
  readonly score: number | null;
  readonly libraryScore: number | null;
  readonly durationMs: number;
  /** What Library match's own look at the whole part took of it; null where it was not asked. */
  readonly libraryMs: number | null;
  /** Why it failed before there was a trace. */
  readonly problem?: {
    readonly code: string;
    readonly subject: string;
    readonly reason: string;
    readonly remedy: string;
  };
}

/** Features of an image file for one view, as Library match stores them. */
export interface FeaturesRecord {
  /** `<tower's SHA-256>:<file's SHA-256>:<view>`. */
  readonly key: string;
  readonly towerSha256: string;
  readonly sha256: string;
  readonly features: unknown;
}

/** What a person says is on a part, beside the untouched verdict: for training and validation. */
export interface CorrectionRecord {
  readonly runId: string;
  readonly label: 'normal' | 'anomalous';
  /** In pixels of the upright image; empty for a good part. */
  readonly regions: readonly { readonly box: Box; readonly type: string | null }[];
  readonly author: string;
  readonly at: string;
  readonly verdictSha256: string;
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
  readonly recipe: RecipeReference | null;
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
  recipeVersions: { key: [string, number]; value: Recipe };
  labelled: { key: string; value: LabelledRecord; indexes: { category: string } };
  validations: { key: string; value: ValidationRecord; indexes: { recipe: string } };
  outcomes: { key: [string, string]; value: OutcomeRecord; indexes: { validationId: string } };
  features: { key: string; value: FeaturesRecord; indexes: { sha256: string; towerSha256: string } };
  corrections: { key: string; value: CorrectionRecord };
  settings: { key: string; value: SettingRecord };
  journal: { key: string; value: JournalRecord; indexes: { at: string } };
}

/** What can be undone on this visit, with all that is needed to take it back. */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type {
  CategoryRecord,
  CorrectionRecord,
  DecisionRecord,
  ExemplarRecord,
  LabelledRecord,
  RunRecord,
} from '../storage/schema.ts';
import type { StoredRun } from '../storage/tracePacking.ts';

/** Something that can be undone: a decision made, changed or taken back, a part filed as good, an inspection deleted. */
export type Change =
  | {
      readonly kind: 'decision';
      readonly runId: string;
      readonly before: DecisionRecord | null;
      readonly after: DecisionRecord | null;
    }
  | {
      readonly kind: 'correction';
      readonly runId: string;
      readonly before: CorrectionRecord | null;
      readonly after: CorrectionRecord | null;
      /** Changes of one gesture, as of a key held, are one. */
      readonly gesture: string | null;
    }
  | { readonly kind: 'deletion'; readonly deleted: DeletedRun }
  | { readonly kind: 'kind'; readonly deleted: DeletedKind }
  | { readonly kind: 'exemplar'; readonly exemplar: ExemplarRecord }
  | {
      readonly kind: 'labelled';
      readonly category: string;
      readonly before: readonly LabelledRecord[];
      readonly after: readonly LabelledRecord[];
    }
  | {
      readonly kind: 'recipe';
      /** Null: there was none, it was made. */
      readonly before: Recipe | null;
      /** Null: it was deleted. */
      readonly after: Recipe | null;
    };

/** All there was of a deleted kind of part, but for its image files and inspections. */
export interface DeletedKind {
  readonly category: CategoryRecord;
  readonly exemplars: readonly ExemplarRecord[];
  readonly labelled: readonly LabelledRecord[];
  readonly recipes: readonly Recipe[];
  /** Chosen for it apart from any recipe. */
  readonly thresholds: Thresholds | null;
  /** New images were inspected as it. */
  readonly wasChosen: boolean;
}

/** All there was of a deleted inspection, but for its image files. */
export interface DeletedRun {
  readonly run: RunRecord;
  readonly stored: StoredRun;
  readonly decision: DecisionRecord | null;
  readonly correction: CorrectionRecord | null;
}

/** The page's state once what was stored was read: what was done on the page meanwhile, and what is not stored, stays. Pure. */
import { MODE_NAMES } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type {
  CategoryRecord,
  CorrectionRecord,
  DecisionRecord,
  ExemplarRecord,
  QueueRecord,
  RunRecord,
} from '../storage/schema.ts';
import { keyed, type Keyed } from './keyed.ts';
import { merged, mergedList, mergedRecord } from './merge.ts';
import type { TypedPart } from './partFields.ts';
import type { StudioState } from './studioState.ts';

/** As it comes from storage. */
export interface Read {
  readonly history: readonly RunRecord[];
  readonly categories: readonly CategoryRecord[];
  readonly exemplars: readonly ExemplarRecord[];
  readonly queue: readonly QueueRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly corrections: readonly CorrectionRecord[];
  readonly recipes: readonly Recipe[];
  readonly thresholds: Keyed<Thresholds>;
  readonly typedPart: TypedPart;
  /** Settings, whatever is stored there. */
  readonly category: unknown;
  readonly mode: unknown;
}

/** `unsaved`: inspections that storage had no room for, by id. */
export function readIn(
  before: StudioState,
  now: StudioState,
  read: Read,
  unsaved: ReadonlyMap<string, { readonly run: RunRecord }>,
): Partial<StudioState> {
  const byId = ({ id }: { readonly id: string }) => id;
  const history = mergedList({ before: before.history, now: now.history, stored: read.history }, byId);
  const kinds = { before: before.categories, now: now.categories, stored: read.categories };
  const categories = mergedList(kinds, ({ name }) => name);
  const said = <T extends { readonly runId: string }>(was: Keyed<T>, is: Keyed<T>, stored: readonly T[]) => {
    const joined = mergedRecord({ before: was, now: is, stored: keyed(stored.map((one) => [one.runId, one])) });
    // What is said of an inspection is stored with it.
    const waiting = Object.values(is).filter(({ runId }) => unsaved.has(runId));
    return keyed([...Object.values(joined), ...waiting].map((one) => [one.runId, one]));
  };
  return {
    history: newestFirst([
      ...[...unsaved.values()].map(({ run }) => run),
      ...history.filter(({ id }) => !unsaved.has(id)),
    ]),
    categories,
    exemplars: mergedList({ before: before.exemplars, now: now.exemplars, stored: read.exemplars }, byId),
    recipes: mergedList({ before: before.recipes, now: now.recipes, stored: read.recipes }, byId),
    queue: mergedList({ before: before.queue, now: now.queue, stored: read.queue }, byId),
    decisions: said(before.decisions, now.decisions, read.decisions),
    corrections: said(before.corrections, now.corrections, read.corrections),
    thresholds: mergedRecord({ before: before.thresholds, now: now.thresholds, stored: read.thresholds }),
    typedPart: merged({ before: before.typedPart, now: now.typedPart, stored: read.typedPart }),
    category: chosenCategory(before, now, categories, read.category),
    mode: chosenMode(before, now, read.mode),
  };
}

/** What a tab that only reads looks at is its own. */
function chosenCategory(
  before: StudioState,
  now: StudioState,
  categories: readonly CategoryRecord[],
  stored: unknown,
): string | null {
  const nameOf = (wanted: unknown) => categories.find(({ name }) => name === wanted)?.name ?? null;
  if (now.category !== before.category) return nameOf(now.category);
  return (now.isReadOnly ? nameOf(now.category) : null) ?? nameOf(stored);
}

function chosenMode(before: StudioState, now: StudioState, stored: unknown): StudioState['mode'] {
  if (now.mode !== before.mode) return now.mode;
  return (now.isReadOnly ? now.mode : null) ?? MODE_NAMES.find((known) => known === stored) ?? null;
}

function newestFirst(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.toSorted((a, b) => b.created.localeCompare(a.created));
}

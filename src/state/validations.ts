/** What follows from labelled images and what validations found of them. Pure. */
import type { ValidatedWith } from '@agentiad/core/protocol/recipe.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { staleChanges } from '@agentiad/core/validation/stale.ts';
import type { LabelledRecord, OutcomeRecord, ValidationRecord } from '../storage/schema.ts';
import { recipeFor } from './recipes.ts';
import type { StudioState } from './studioState.ts';

/** A validation of the recipe in use, with what came of each image so far. */
export interface ValidationSoFar {
  readonly record: ValidationRecord;
  readonly outcomes: readonly OutcomeRecord[];
}

/** The newest validation of the recipe in use for `category`, once it was read. */
export function validationOf(
  state: Pick<StudioState, 'categories' | 'recipes' | 'validations'>,
  category: string,
): ValidationSoFar | null {
  const found = state.validations[category] ?? null;
  return found && found.record.recipe.id === recipeFor(state, category)?.id ? found : null;
}

/** The one validation being made. */
export interface Validating {
  readonly category: string;
  readonly recipeId: string;
  readonly done: number;
  readonly total: number;
  /** The image that is inspected now. */
  readonly name: string;
  /** Of the inspections made since it was begun, oldest first. */
  readonly durationsMs: readonly number[];
  readonly isStopping: boolean;
}

/** As core counts them: what the agent and Library match made of each image that is still labelled, with today's label. */
export function casesOf(
  outcomes: readonly OutcomeRecord[],
  labelled: readonly Pick<LabelledRecord, 'sha256' | 'truth'>[],
): LabelledScore[] {
  const truths = new Map(labelled.map(({ sha256, truth }) => [sha256, truth]));
  return outcomes.flatMap(({ sha256, runId, score, libraryScore, durationMs }) => {
    const truth = truths.get(sha256);
    return truth ? [{ id: runId, truth, score, libraryScore, seconds: durationMs / 1000 }] : [];
  });
}

/** Labelled images that this validation has nothing on yet. */
export function missingOf(
  labelled: readonly LabelledRecord[],
  outcomes: readonly Pick<OutcomeRecord, 'sha256'>[],
): readonly LabelledRecord[] {
  const done = new Set(outcomes.map(({ sha256 }) => sha256));
  return labelled.filter(({ sha256 }) => !done.has(sha256));
}

/** True when outcomes of `record` hold for inspections made `now`: nothing that changes a score is another. */
export function holdsFor(record: Pick<ValidationRecord, 'with'>, now: ValidatedWith): boolean {
  // The fast path decides without the agent but changes no score.
  return staleChanges({ ...record.with, triage: null }, { ...now, triage: null }).length === 0;
}

/** Seconds that Library match took for one part: the middle one; null where it was not asked. */
export function librarySeconds(outcomes: readonly Pick<OutcomeRecord, 'libraryMs'>[]): number | null {
  const times = outcomes.flatMap(({ libraryMs }) => (libraryMs === null ? [] : [libraryMs])).toSorted((a, b) => a - b);
  return times.length === 0 ? null : times[times.length >> 1]! / 1000;
}

/** Seconds still to go by the last five inspections; null before the first one ended. */
export function secondsLeft({ done, total, durationsMs }: Validating): number | null {
  const last = durationsMs.slice(-5).toSorted((a, b) => a - b);
  return last.length === 0 ? null : ((total - done) * last[last.length >> 1]!) / 1000;
}

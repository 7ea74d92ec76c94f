/** What follows from labelled images and what validations found of them. Pure. */
import type { Calibration, Recipe, RecipeValidation, Triage, ValidatedWith } from '@agentiad/core/protocol/recipe.ts';
import { calibrate } from '@agentiad/core/validation/calibrate.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { staleChanges } from '@agentiad/core/validation/stale.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import type {
  CountedCases,
  ExemplarRecord,
  LabelledRecord,
  OutcomeRecord,
  ValidationRecord,
} from '../storage/schema.ts';
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

type Labelled = Pick<LabelledRecord, 'sha256' | 'truth'>;

/** What figures are made of: the cases, and the calibration that thresholds are meant for. */
export interface Measured {
  readonly cases: readonly LabelledScore[];
  readonly calibration: Calibration | null;
}

/** What figures were counted from when the validation was complete last; null: it never was. */
function countedOf(
  { record, outcomes }: ValidationSoFar,
  validation: Pick<RecipeValidation, 'date' | 'calibration'> | null,
): CountedCases | null {
  if (record.counted || record.status !== 'complete' || !validation) return record.counted ?? null;
  // An earlier studio did not write it down.
  const { date, calibration } = validation;
  return { date, calibration, images: outcomes };
}

/**
 * What was measured: of a complete validation as it was counted, whatever was labelled since; of one under way what there
 * is so far, as the images are `labelled` now.
 */
export function measuredOf(
  found: ValidationSoFar,
  { validation }: Pick<Recipe, 'validation'>,
  labelled: readonly Labelled[],
): Measured {
  const counted = found.record.status === 'complete' ? countedOf(found, validation) : null;
  const cases = casesOf(found.outcomes, counted?.images ?? labelled);
  return { cases, calibration: counted ? counted.calibration : calibrate(cases) };
}

/** True when the figures in `recipe` are those of `found`. */
export function isCounted({ validation }: Pick<Recipe, 'validation'>, found: ValidationSoFar): boolean {
  return validation !== null && countedOf(found, validation)?.date === validation.date;
}

/** True when an image that the figures were counted from is no longer labelled, or otherwise. */
export function isLabelledOtherwise(
  found: ValidationSoFar,
  { validation }: Pick<Recipe, 'validation'>,
  labelled: readonly Labelled[],
): boolean {
  const now = new Map(labelled.map(({ sha256, truth }) => [sha256, truth]));
  return countedOf(found, validation)?.images.some(({ sha256, truth }) => now.get(sha256) !== truth) ?? false;
}

/** The figures of `recipe` at its thresholds now, from what was measured; null where `found` is not what they rest on. */
export function recounted(
  recipe: Recipe,
  found: ValidationSoFar,
  { costRatio, triage }: { readonly costRatio?: number | undefined; readonly triage?: Triage | null } = {},
): RecipeValidation | null {
  const { validation, t1, t2 } = recipe;
  const counted = countedOf(found, validation);
  const cases = casesOf(found.outcomes, counted?.images ?? []);
  const isWhole = counted !== null && cases.length === counted.images.length && cases.length > 0;
  if (!validation || !isWhole || counted.date !== validation.date) return null;
  const figures = summariseValidation({
    cases,
    calibration: counted.calibration,
    thresholds: { t1, t2 },
    with: { ...found.record.with, triage: triage === undefined ? validation.with.triage : triage },
    date: validation.date,
    costRatio: costRatio ?? validation.costRatio,
  });
  return validation.labelledChanged ? { ...figures, labelledChanged: true } : figures;
}

/** As core counts them: what the agent and Library match made of each image of `labelled`, with its label there. */
export function casesOf(outcomes: readonly OutcomeRecord[], labelled: readonly Labelled[]): LabelledScore[] {
  const truths = new Map(labelled.map(({ sha256, truth }) => [sha256, truth]));
  return outcomes.flatMap(({ sha256, runId, score, libraryScore, durationMs }) => {
    const truth = truths.get(sha256);
    return truth ? [{ id: runId, truth, score, libraryScore, seconds: durationMs / 1000 }] : [];
  });
}

/** Labelled images that can be tested with, and those that are good parts as well: these know the answer. */
export function testable<T extends Labelled>(
  labelled: readonly T[],
  goodParts: readonly Pick<ExemplarRecord, 'sha256'>[],
): { readonly usable: readonly T[]; readonly leftOut: readonly T[] } {
  const good = new Set(goodParts.map(({ sha256 }) => sha256));
  const isGood = ({ sha256 }: T) => good.has(sha256);
  return { usable: labelled.filter((one) => !isGood(one)), leftOut: labelled.filter(isGood) };
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

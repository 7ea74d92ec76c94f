/** The one place where a validation's figures are made: the studio's wizard and `agentiad validate` both call it. */
import type { Calibration, RecipeValidation, ValidatedWith } from '../protocol/recipe.ts';
import type { Thresholds } from '../protocol/thresholds.ts';
import { aurocOf } from './auroc.ts';
import { upperBound } from './binomial.ts';
import { calibrate, calibratedCases } from './calibrate.ts';
import type { LabelledScore } from './labelledScore.ts';
import { ratesAt } from './rates.ts';

export const FEWEST_EXEMPLARS = 10;
export const FEWEST_LABELLED = 20;
/** Of good and of bad parts each. */
export const FEWEST_OF_A_KIND = 5;
/** Share of inspections that may fail. */
const MOST_FAILED = 0.05;

export interface ValidationInput {
  /** With the scores before calibration (`labelledScore`). */
  readonly cases: readonly LabelledScore[];
  /** For calibrated scores where there is a calibration, else for raw ones. */
  readonly thresholds: Thresholds;
  readonly with: ValidatedWith;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly costRatio: number;
  /** One that was fitted to these cases before; left out: it is fitted now. */
  readonly calibration?: Calibration | null;
}

/** Needs at least one case. Figures of a fast path (`with.triage`) are with it. */
export function summariseValidation({
  cases,
  thresholds,
  with: validated,
  date,
  costRatio,
  calibration = calibrate(cases),
}: ValidationInput): RecipeValidation {
  const bad = cases.filter(({ truth }) => truth === 'anomalous').length;
  const good = cases.length - bad;
  const auroc = aurocOf(cases);
  const failed = cases.filter(({ score }) => score === null).length;
  const exemplars = validated.exemplarSha256.length;
  const reasons = [
    ...(exemplars < FEWEST_EXEMPLARS ? [`${exemplars} known-good parts; ${FEWEST_EXEMPLARS} are needed`] : []),
    ...(cases.length < FEWEST_LABELLED ? [`${cases.length} labelled images; ${FEWEST_LABELLED} are needed`] : []),
    ...(good < FEWEST_OF_A_KIND ? [`${good} of them good; ${FEWEST_OF_A_KIND} are needed`] : []),
    ...(bad < FEWEST_OF_A_KIND ? [`${bad} of them bad; ${FEWEST_OF_A_KIND} are needed`] : []),
    ...(failed > MOST_FAILED * cases.length ? [`${failed} of ${cases.length} inspections failed`] : []),
    ...(auroc !== null && auroc.low <= 0.5 ? ['the score may tell good from bad no better than chance'] : []),
  ];
  return {
    date,
    n: cases.length,
    good,
    bad,
    status: reasons.length === 0 ? 'validated' : 'provisional',
    reasons,
    with: validated,
    modelSha256: validated.modelSha256,
    stale: false,
    ...ratesAt(calibratedCases(cases, calibration), thresholds, validated.triage),
    auroc,
    libraryMatchAuroc: aurocOf(cases, 'library-match'),
    calibration,
    costRatio,
  };
}

/** Says plainly what the counts allow to claim: "0 escapes in 30 bad parts: up to 10 % ... at 95 %". */
export function describeClaim(what: 'escape' | 'overkill', { count, of }: { count: number; of: number }): string {
  const [events, parts] = what === 'escape' ? ['escapes', 'bad'] : ['overkills', 'good'];
  const name = what === 'escape' ? 'escape rate' : 'overkill';
  if (of === 0) return `No ${parts} parts: nothing is known about ${name}.`;
  const most = Math.ceil(upperBound(count, of) * 100);
  return `${count} ${count === 1 ? what : events} in ${of} ${parts} parts means up to ${most} % ${name} at 95 %.`;
}

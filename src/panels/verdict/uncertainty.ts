/** What was uncertain about a verdict, weightiest first: the list an inspector reads before deciding. Pure. */
import { labelOfScore } from '@agentiad/core/protocol/thresholds.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';

/** Less of the part than this seen sharply is worth saying. */
const ENOUGH_COVERAGE = 0.5;

const NEVER_VALIDATED = /^Sent to review: not validated\b/;

export interface Uncertainty {
  /** Also the key of its words: `verdict:uncertain.<kind>`. */
  readonly kind:
    | 'unvalidated'
    | 'otherwiseValidated'
    | 'between'
    | 'matchDisagrees'
    | 'unsupported'
    | 'notCompared'
    | 'uncalibrated'
    | 'clamped'
    | 'refused'
    | 'coverage'
    | 'reduced';
  readonly count: number;
}

export function uncertainties(verdict: Verdict): readonly Uncertainty[] {
  const { score, label } = verdict.verdict;
  const { libraryMatch: match, agentAnswer, recipe, settings } = verdict;
  if (verdict.status !== 'complete' || score === null) return [];
  const found: Uncertainty[] = [];
  const add = (isSo: boolean, kind: Uncertainty['kind'], count = 1) => isSo && found.push({ kind, count });
  const isBetween = labelOfScore(score, settings) === 'review';
  const isSentToReview = label === 'review' && !isBetween;
  add(isBetween, 'between');
  add(match !== null && match.calibrated && match.score > 1 !== agentAnswer?.anomaly_present, 'matchDisagrees');
  // A recipe that was never validated decides no more than none.
  const isUnproven = recipe === null || (isSentToReview && NEVER_VALIDATED.test(verdict.verdict.reason));
  add(isUnproven, 'unvalidated');
  add(!isUnproven && isSentToReview, 'otherwiseValidated');
  const unsupported = verdict.claims.filter((claim) => claim.unsupported).length;
  add(unsupported > 0, 'unsupported', unsupported);
  add(match === null, 'notCompared');
  add(match !== null && !match.calibrated, 'uncalibrated', match?.exemplarCount);
  const clamped = verdict.regions.filter((region) => region.origin.clamped).length;
  add(clamped > 0, 'clamped', clamped);
  const refused = verdict.steps.filter((step) => !step.ok).length;
  add(refused > 0, 'refused', refused);
  const { share } = verdict.coverage;
  add(share === 0, 'reduced');
  add(share > 0 && share < ENOUGH_COVERAGE, 'coverage', Math.max(1, Math.round(share * 100)));
  return found;
}

/** Who decided and how: the agent's answer at the recipe's thresholds, or Library match where the fast path was sure. */
import type { Box } from '../image/box.ts';
import type { Claim, LibraryMatchSummary, Region, Verdict } from '../protocol/verdict.ts';
import { applyCalibration } from '../validation/calibrate.ts';
import { calibrationOf, findDoubt } from './doubt.ts';
import type { LoopResult } from './loop.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import { loadedOf } from './request.ts';
import type { Triaged } from './triage.ts';
import { CALIBRATED_MEANING, decide, NO_SCORE_MEANING, SCORE_MEANING } from './verdict.ts';

type Judged = Verdict['verdict'];

export function judgeAnswer(request: InspectionRequest, deps: InspectionDeps, result: LoopResult): Judged {
  const loaded = loadedOf(deps);
  const raw = result.score;
  const calibration = calibrationOf(request, loaded);
  const score = raw !== null && calibration ? applyCalibration(calibration, raw) : raw;
  const decided = {
    ...decide({ result, score, thresholds: request.thresholds, doubt: findDoubt(request, loaded) }),
    ...(request.recipe?.triage && { decidedBy: 'agent' as const }),
  };
  return calibration && raw !== null
    ? { ...decided, score, scoreKind: 'calibrated', scoreMeaning: CALIBRATED_MEANING, rawScore: raw }
    : { ...decided, score, scoreKind: 'raw', scoreMeaning: SCORE_MEANING };
}

export function judgeTriaged({ label, score, triage }: Triaged): Judged {
  const bound = label === 'normal' ? `below ${triage.low.toFixed(2)}` : `above ${triage.high.toFixed(2)}`;
  return {
    label,
    score: null,
    scoreKind: 'raw',
    scoreMeaning: NO_SCORE_MEANING,
    decidedBy: 'library-match',
    reason: `Decided by Library match alone: its score ${score.toFixed(2)} is ${bound}. The agent was not asked.`,
  };
}

/** Where an anomalous part differs by more than good parts are let differ; a normal one has no defect. */
export function regionsOfTriaged(
  { label, triage }: Triaged,
  { regions }: LibraryMatchSummary,
  step: string,
  frame: Box,
): Region[] {
  if (label === 'normal') return [];
  return regions
    .filter(({ ratio }) => ratio > triage.high)
    .map(({ box }, index) => ({
      id: `r${index + 1}`,
      kind: 'defect',
      box,
      label: null,
      step,
      origin: { image: 1, frame, raw: null, clamped: false },
    }));
}

export function claimOfTriaged({ score }: Triaged, regions: readonly Region[], step: string): Claim {
  return {
    text: `Differs from the known-good parts ${score.toFixed(2)} times as far as they differ among themselves.`,
    evidence: { steps: [step], regions: regions.map(({ id }) => id) },
    unsupported: false,
  };
}

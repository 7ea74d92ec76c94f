/** Words before numbers: how modes, verdicts and steps are called on the page. Pure. */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Sample } from './studioState.ts';
import type { Label, Verdict } from '@agentiad/core/protocol/verdict.ts';
import { stepKind, type StepKind } from '@agentiad/core/replay/runSoFar.ts';

export const MODE_WORDS: Readonly<Record<Mode, { readonly name: string; readonly meaning: string }>> = {
  cot: { name: 'Look once', meaning: 'One look at the whole part, no tools.' },
  pz: { name: 'Look and zoom', meaning: 'Zooms into suspicious places. Needs no good parts.' },
  'pz+cr': { name: 'Zoom and compare', meaning: 'Zooms, and fetches the most similar good part to compare with.' },
  full: { name: 'Find differences', meaning: 'Measures what differs from your good parts, zooms and compares.' },
};

export const LABEL_WORDS: Readonly<Record<Label, string>> = {
  normal: 'Normal',
  review: 'Needs review',
  anomalous: 'Defect',
};

export const STEP_WORDS: Readonly<Record<StepKind, string>> = {
  look: 'Looks at the whole part',
  difference: 'Finds what differs',
  zoom: 'Zooms in',
  compare: 'Fetches a good part',
  answer: 'Decides',
  unreadable: 'Writes something that is no action',
  unfinished: 'Does not come to an end',
};

export function stepTitle(step: TraceStep): string {
  return step.observation?.isError && stepKind(step) !== 'unreadable'
    ? `${STEP_WORDS[stepKind(step)]}: refused`
    : STEP_WORDS[stepKind(step)];
}

/** What is so with a sample, which is not what the model will say. */
export function truthWords({ truth }: Pick<Sample, 'truth'>): string {
  if (!truth) return '';
  return truth.label === 'normal' ? 'Known to be good.' : `Known defect: ${typeWords(truth.type ?? 'not named')}.`;
}

/** What a model may be used for, as far as this project knows. */
export function modelUse(modelId: string): string {
  if (modelId === 'nano')
    return 'Telling whether a part differs from 3 or more good ones. It cannot name the defect, nor see it by itself.';
  return 'Not known: validate it on labelled photos of your part first.';
}

/** A defect type's name as words. */
export function typeWords(type: string): string {
  return type.replace(/[_-]+/g, ' ');
}

/** The verdict as one line for lists. */
export function verdictSummary(verdict: Verdict): string {
  if (verdict.status === 'failed') return 'Failed';
  if (verdict.status === 'interrupted') return 'Stopped';
  return LABEL_WORDS[verdict.verdict.label];
}

/** What a score says in everyday words; never a percentage of being right. */
export function scoreWords(score: number): string {
  if (score >= 0.9) return 'leans strongly to defect';
  if (score >= 0.65) return 'leans to defect';
  if (score > 0.35) return 'undecided';
  if (score > 0.1) return 'leans to normal';
  return 'leans strongly to normal';
}

export function libraryMatchWords(match: NonNullable<Verdict['libraryMatch']>): string {
  const parts = `${match.exemplarCount} good ${match.exemplarCount === 1 ? 'part' : 'parts'}`;
  if (match.score >= 1.5) return `Differs clearly more than your ${parts} do from each other`;
  if (match.score > 1) return `Differs a little more than your ${parts} do from each other`;
  return `Within what your ${parts} differ from each other`;
}

export function seconds(ms: number): string {
  return ms < 950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

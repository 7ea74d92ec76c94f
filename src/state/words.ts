/** Words before numbers: how modes, verdicts, steps and loading are called on the page, in its language. */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Label, Verdict } from '@agentiad/core/protocol/verdict.ts';
import { stepKind, type StepKind } from '@agentiad/core/replay/runSoFar.ts';
import { formatBytes, formatNumber, formatScore, knownWord, word } from '../i18n/words.ts';
import type { LoadPhase } from '../runtime/messages.ts';
import type { RunRecord } from '../storage/schema.ts';
import type { Sample } from './studioState.ts';

export const modeName = (mode: Mode) => word(`words:mode.${mode}.name`);

export const modeMeaning = (mode: Mode) => word(`words:mode.${mode}.meaning`);

export const labelWord = (label: Label) => word(`words:label.${label}`);

export const stepWord = (kind: StepKind) => word(`words:step.${kind}`);

export function stepTitle(step: TraceStep): string {
  const kind = stepKind(step);
  const title = stepWord(kind);
  return step.observation?.isError && kind !== 'unreadable' ? word('words:refused', { title }) : title;
}

/** What is being done while the model is loaded. */
export function phaseWords({ step, bytes }: LoadPhase): string {
  const doing = word(`words:phase.${step}`);
  return bytes === null ? doing : word('words:phaseBytes', { doing, size: formatBytes(bytes) });
}

/** What is so with a sample, which is not what the model will say. */
export function truthWords({ truth }: Pick<Sample, 'truth'>): string {
  if (!truth) return '';
  if (truth.label === 'normal') return word('words:truth.normal');
  return truth.type === null
    ? word('words:truth.unnamed')
    : word('words:truth.anomalous', { type: typeWords(truth.type) });
}

/** What a model may be used for, as far as this project knows. */
export function modelUse(modelId: string): string {
  return word(modelId === 'nano' ? 'words:modelUse.nano' : 'words:modelUse.unknown');
}

/** A defect type's name as words; a common one in the page's language. */
export function typeWords(type: string): string {
  return knownWord(`defects:${type}`) ?? type.replace(/[_-]+/g, ' ');
}

/** A sample's own words are English; other languages have them by its id. */
export function sampleWords({
  id,
  title,
  note,
}: Pick<Sample, 'id' | 'title' | 'note'>): Pick<Sample, 'title' | 'note'> {
  return { title: knownWord(`samples:${id}.title`) ?? title, note: knownWord(`samples:${id}.note`) ?? note };
}

/** The verdict as one line for lists, in the language it was made in. */
export function verdictSummary(verdict: Verdict): string {
  if (verdict.status === 'failed') return word('words:run.failed');
  if (verdict.status === 'interrupted') return word('words:run.interrupted');
  return labelWord(verdict.verdict.label);
}

/** A stored run as one line for lists. */
export function runSummary({ status, label }: Pick<RunRecord, 'status' | 'label'>): string {
  return status === 'complete' && label !== null ? labelWord(label) : word(`words:run.${status}`);
}

/** What a score says in everyday words; never a percentage of being right. */
export function scoreWords(score: number): string {
  if (score >= 0.9) return word('words:score.defectStrongly');
  if (score >= 0.65) return word('words:score.defect');
  if (score > 0.35) return word('words:score.undecided');
  if (score > 0.1) return word('words:score.normal');
  return word('words:score.normalStrongly');
}

export function libraryMatchWords({ score, exemplarCount: count }: NonNullable<Verdict['libraryMatch']>): string {
  if (score >= 1.5) return word('words:match.clearly', { count });
  if (score > 1) return word('words:match.little', { count });
  return word('words:match.within', { count });
}

/** About how long something takes, as people say it: 0.6 sec, 8 sec, 3 min, 2 hr. */
export function durationWords(seconds: number): string {
  const [unit, size] = seconds < 90 ? ['second', 1] : seconds < 5400 ? ['minute', 60] : ['hour', 3600];
  const value = seconds / Number(size);
  // Rounded to whole ones, a little would be said as nothing or as twice itself.
  return formatNumber(value < 3 ? Math.max(0.1, Number(value.toFixed(1))) : Math.round(value), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
  });
}

/** Which scores a label stands for at these thresholds. */
export function labelRange(label: Label, { t1, t2 }: Thresholds): string {
  if (label === 'normal') return `< ${formatScore(t1)}`;
  return label === 'anomalous' ? `> ${formatScore(t2)}` : `${formatScore(t1)} – ${formatScore(t2)}`;
}

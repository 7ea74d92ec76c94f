/** A run as far as it went: grown by events while it is made (`applyEvent`) or taken whole from a trace (`runOfTrace`). */
import type { RunEvent } from '../protocol/events.ts';
import type { Trace, TraceAsset, TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Region, Verdict } from '../protocol/verdict.ts';

/** As much of a trace as there is so far. */
export interface RunSoFar {
  readonly images: readonly TraceImage[];
  readonly assets: Readonly<Record<string, TraceAsset>>;
  readonly steps: readonly TraceStep[];
  /** P(true) before the first step, as the steps' `belief`. */
  readonly firstBelief: number | null;
  /** The turn being written, or null between turns and after the end. */
  readonly running: { readonly stepId: string; readonly text: string; readonly tool: string | null } | null;
  readonly verdict: Verdict | null;
}

export const EMPTY_RUN: RunSoFar = {
  images: [],
  assets: {},
  steps: [],
  firstBelief: null,
  running: null,
  verdict: null,
};

export function applyEvent(run: RunSoFar, event: RunEvent): RunSoFar {
  switch (event.type) {
    case 'image':
      return {
        ...run,
        images: [...run.images.filter((image) => image.index !== event.image.index), event.image],
        assets: { ...run.assets, [event.image.asset]: event.asset },
      };
    case 'step-started':
      return { ...run, running: { stepId: event.stepId, text: '', tool: null } };
    case 'text':
      return run.running?.stepId === event.stepId
        ? { ...run, running: { ...run.running, text: run.running.text + event.text } }
        : run;
    case 'tool-started':
      return run.running ? { ...run, running: { ...run.running, tool: event.tool } } : run;
    case 'step-finished':
      return { ...run, steps: [...run.steps, event.step], running: null };
    case 'belief':
      return withBelief(run, event);
    case 'finished':
      return runOfTrace(event.trace);
  }
}

function withBelief(run: RunSoFar, { stepId, belief, ms }: Extract<RunEvent, { type: 'belief' }>): RunSoFar {
  if (stepId === null) return { ...run, firstBelief: belief };
  const steps = run.steps.map((step) =>
    step.id === stepId ? { ...step, belief, ms: { ...step.ms, belief: ms } } : step,
  );
  return { ...run, steps };
}

/** Of a whole trace, or of what was stored of one before it had a verdict. */
export function runOfTrace(trace: Omit<Trace, 'verdict'> & { readonly verdict: Verdict | null }): RunSoFar {
  const { images, assets, steps, firstBelief = null, verdict } = trace;
  return { images, assets, steps, firstBelief, running: null, verdict };
}

export function imageOf(run: RunSoFar, index: number | null | undefined): TraceImage | null {
  return run.images.find((image) => image.index === index) ?? null;
}

export type StepKind = 'look' | 'difference' | 'zoom' | 'compare' | 'answer' | 'unreadable' | 'unfinished';

/** What one turn did, for icon, title and animation. */
export function stepKind(step: TraceStep): StepKind {
  if (!step.call && step.observation) return 'unreadable';
  if (!step.call) return step.rawText.includes('<answer>') ? 'answer' : 'unfinished';
  if (step.call.name === 'difference') return 'difference';
  if (step.call.name === 'query_image') return 'compare';
  if (step.call.name === 'crop_image_normalized') return 'zoom';
  return 'unreadable';
}

/** Number of turns that can be shown; the turn being written is shown as text only. */
export function turnCount(run: RunSoFar): number {
  return run.steps.length;
}

/** The turn that shows a region: where it was inspected, or the answer for a defect. */
export function turnOfRegion(run: RunSoFar, region: Region): number {
  const turn = run.steps.findIndex((step) => step.id === region.step) + 1;
  return region.kind === 'defect' || turn === 0 ? turnCount(run) : turn;
}

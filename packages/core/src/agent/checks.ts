/** "What decided it?": an inspection made again with something taken away or made wrong, and whether its answer flips. */
import type { CheckKind, Trace, TraceCheck, TraceStep } from '../protocol/trace.ts';
import { COMPARING_TOOLS } from '../tools/index.ts';
import { cropTool } from '../tools/crop.ts';
import type { ExemplarSet } from '../tools/exemplars.ts';
import { usableExemplars } from '../tools/query.ts';
import { greyCrops, shuffledExemplars } from './controls.ts';
import { inspect } from './inspect.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import type { InspectOptions } from './setup.ts';

export interface CheckedInspection {
  readonly trace: Trace;
  /** Asks what the inspection was asked, with its good parts. */
  readonly request: InspectionRequest;
  /** Good parts of another category; null: its own are shuffled instead. */
  readonly otherExemplars: ExemplarSet | null;
}

interface Control {
  /** Why there is nothing to take away, or null. */
  readonly idle: (trace: Trace) => string | null;
  readonly change: (checked: CheckedInspection) => {
    readonly request: InspectionRequest;
    readonly options?: InspectOptions;
  };
}

const NO_ZOOM = 'The agent did not zoom in.';
const NO_COMPARING = 'The agent did not compare with good parts.';

const CONTROLS: Readonly<Record<CheckKind, Control>> = {
  'no-zoom': {
    idle: ({ steps }) => (steps.some(isZoom) ? null : NO_ZOOM),
    change: ({ request }) => ({ request, options: { withheld: ['crop_image_normalized'] } }),
  },
  'no-exemplar': {
    idle: ({ steps }) => (steps.some(isComparison) ? null : NO_COMPARING),
    change: ({ request }) => ({ request: { ...request, library: null } }),
  },
  'wrong-exemplar': {
    idle: ({ steps }) => (steps.some(isComparison) ? null : NO_COMPARING),
    change: ({ request, otherExemplars }) => ({
      request: { ...request, library: otherExemplars ?? shuffledLibrary(request) },
    }),
  },
  'grey-crop': {
    idle: ({ steps }) => (steps.some(isZoom) ? null : NO_ZOOM),
    change: ({ trace, request }) => {
      const frames = citedCrops(trace);
      const alterImage = greyCrops(({ frame }) => frames.includes(frame.join()));
      return { request, options: { alterImage } };
    },
  },
};

/** Resolves also when the control could not be made or was stopped: its status says so. */
export async function runCheck(kind: CheckKind, checked: CheckedInspection, deps: InspectionDeps): Promise<TraceCheck> {
  const { trace, otherExemplars } = checked;
  const control = CONTROLS[kind];
  const shown = kind === 'wrong-exemplar' ? { shown: otherExemplars?.category ?? null } : {};
  const base = { kind, created: deps.now(), answer: null, score: null, label: null, flips: null, ...shown };
  const idle = control.idle(trace);
  if (idle !== null) return { ...base, status: 'skipped', message: idle };
  const { request, options } = control.change(checked);
  const { verdict } = await inspect(request, deps, { ...options, isAgentAsked: true });
  const answer = verdict.agentAnswer;
  const before = trace.verdict.agentAnswer;
  return {
    ...base,
    status: verdict.status,
    answer,
    score: verdict.verdict.score,
    label: verdict.verdict.label,
    flips: answer && before ? answer.anomaly_present !== before.anomaly_present : null,
    message: verdict.errors[0]?.message ?? '',
  };
}

/** Frames of the crops that the answer cites; of all crops where it cites none. */
function citedCrops({ verdict, images, steps }: Trace): string[] {
  const cited = (verdict.agentAnswer?.evidence ?? []).map(({ image }) => image);
  const crops = images.filter(
    ({ role, index }) => role === 'crop' && steps.some(({ observation }) => observation?.image === index),
  );
  const meant = crops.filter(({ index }) => cited.includes(index));
  return (meant.length > 0 ? meant : crops).map(({ frame }) => frame.join());
}

function shuffledLibrary({ library, part, seed }: InspectionRequest): ExemplarSet | null {
  return library && shuffledExemplars({ ...library, exemplars: usableExemplars(library, part.sha256) }, seed);
}

function isZoom({ call, observation }: TraceStep): boolean {
  return call?.name === cropTool.name && observation?.isError === false;
}

function isComparison({ call, observation }: TraceStep): boolean {
  return COMPARING_TOOLS.some((name) => name === call?.name) && observation?.isError === false;
}

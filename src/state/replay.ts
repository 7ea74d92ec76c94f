/**
 * Live view and replay are the same pure function: `sceneAt(run, t)`. A run grows by events (`applyEvent`) or comes whole
 * out of a stored trace (`runOfTrace`); `t` counts turns: 0 = the bare part, k = turn k fully shown, in between = the
 * transition into turn ceil(t). No clock, no canvas and no store in here.
 */
import { boxArea, type Box, type Size } from '@agentiad/core/image/box.ts';
import type { Trace, TraceAsset, TraceImage, TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Region, Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { RunEvent } from '../runtime/messages.ts';

/** As much of a trace as there is so far. */
export interface RunSoFar {
  readonly images: readonly TraceImage[];
  readonly assets: Readonly<Record<string, TraceAsset>>;
  readonly steps: readonly TraceStep[];
  /** The turn being written, or null between turns and after the end. */
  readonly running: { readonly stepId: string; readonly text: string; readonly tool: string | null } | null;
  readonly verdict: Verdict | null;
}

export const EMPTY_RUN: RunSoFar = { images: [], assets: {}, steps: [], running: null, verdict: null };

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
    case 'finished':
      return runOfTrace(event.trace);
  }
}

export function runOfTrace(trace: Trace): RunSoFar {
  return { images: trace.images, assets: trace.assets, steps: trace.steps, running: null, verdict: trace.verdict };
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

export interface SceneMark {
  /** Stable: `<turn>-<n>` for what a tool showed, the region's id for the verdict's regions. */
  readonly id: string;
  readonly kind: 'zoom' | 'trail' | 'place' | 'defect' | 'inspected';
  readonly box: Box;
  readonly number: number | null;
  readonly note: string;
  readonly clamped: boolean;
  readonly failed: boolean;
  /** 0..1 share of the outline already drawn, and its opacity. */
  readonly drawn: number;
  readonly opacity: number;
}

export interface SceneMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  readonly kind: 'percentile' | 'ratio';
  readonly box: Box;
}

export interface Comparison {
  readonly image: TraceImage;
  /** 0..1: how far it has slid in. */
  readonly amount: number;
  /** The exemplar has another aspect ratio: it is shown whole in the part's rectangle, and places do not correspond. */
  readonly isFitted: boolean;
}

export interface Scene {
  /** Turn shown or being entered: 0 = the bare part. */
  readonly turn: number;
  readonly kind: StepKind;
  /** Rectangle of the part the camera frames. */
  readonly focus: Box;
  readonly marks: readonly SceneMark[];
  readonly map: (SceneMap & { readonly opacity: number }) | null;
  readonly compare: Comparison | null;
  /** 0..1: how far the verdict is filled in. */
  readonly verdictFill: number;
}

/** Number of turns that can be shown; the turn being written is shown as text only. */
export function turnCount(run: RunSoFar): number {
  return run.steps.length;
}

/** The scene at time `t` (clamped to what there is). */
export function sceneAt(run: RunSoFar, t: number, part: Size): Scene {
  const end = turnCount(run);
  const clamped = Math.min(Math.max(t, 0), end);
  const turn = Math.ceil(clamped);
  const progress = turn === clamped ? 1 : clamped - (turn - 1);
  const to = settled(run, turn, part);
  if (progress === 1) return to;
  return between(settled(run, turn - 1, part), to, progress);
}

/** The share of a transition in which outlines are drawn; the camera flies in the rest. */
const DRAW_SHARE = 0.45;

function between(from: Scene, to: Scene, progress: number): Scene {
  const draw = Math.min(1, progress / DRAW_SHARE);
  const fly = easeInOut(Math.max(0, (progress - DRAW_SHARE) / (1 - DRAW_SHARE)));
  const kept = new Set(to.marks.map((mark) => mark.id));
  const known = new Set(from.marks.map((mark) => mark.id));
  const leaving = from.marks.filter((mark) => !kept.has(mark.id));
  return {
    turn: to.turn,
    kind: to.kind,
    focus: focusBetween(from.focus, to.focus, fly),
    marks: [
      ...leaving.map((mark) => ({ ...mark, opacity: mark.opacity * (1 - draw) })),
      ...to.marks.map((mark) => (known.has(mark.id) ? mark : { ...mark, drawn: draw, opacity: mark.opacity * draw })),
    ],
    map: to.map ? { ...to.map, opacity: draw } : from.map && { ...from.map, opacity: 1 - draw },
    compare: compareBetween(from.compare, to.compare, fly),
    verdictFill: from.verdictFill + (to.verdictFill - from.verdictFill) * fly,
  };
}

function compareBetween(from: Scene['compare'], to: Scene['compare'], fly: number): Scene['compare'] {
  if (to) return from ? to : { ...to, amount: fly };
  return from && fly < 1 ? { ...from, amount: 1 - fly } : null;
}

/** Zooms geometrically around the one point that stays put, so that the flight looks like one movement. */
export function focusBetween(from: Box, to: Box, progress: number): Box {
  const grow = (a: number, b: number) => (a > 0 && b > 0 ? a * (b / a) ** progress : a + (b - a) * progress);
  const widthFrom = from[2] - from[0];
  const widthTo = to[2] - to[0];
  const width = grow(widthFrom, widthTo);
  const height = grow(from[3] - from[1], to[3] - to[1]);
  const moved = Math.abs(widthTo - widthFrom) < 1e-6 ? progress : (width - widthFrom) / (widthTo - widthFrom);
  const x = (from[0] + from[2]) / 2 + ((to[0] + to[2]) / 2 - (from[0] + from[2]) / 2) * moved;
  const y = (from[1] + from[3]) / 2 + ((to[1] + to[3]) / 2 - (from[1] + from[3]) / 2) * moved;
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

function easeInOut(p: number): number {
  return p < 0.5 ? 4 * p ** 3 : 1 - (-2 * p + 2) ** 3 / 2;
}

/** The scene with turn `turn` fully shown. */
function settled(run: RunSoFar, turn: number, part: Size): Scene {
  const whole: Box = [0, 0, part.width, part.height];
  const trail = trailBefore(run, turn);
  const base: Scene = {
    turn,
    kind: 'look',
    focus: whole,
    marks: trail,
    map: null,
    compare: null,
    verdictFill: run.verdict && turn === turnCount(run) ? 1 : 0,
  };
  const step = run.steps[turn - 1];
  if (!step) return base;
  const kind = stepKind(step);
  const seen = step.observation;
  const failed = seen?.isError ?? false;
  const numbered = (seen?.boxes.length ?? 0) > 0 && kind === 'difference';
  const marks: SceneMark[] = (seen?.boxes ?? []).map((place, index) => ({
    id: `${turn}-${index + 1}`,
    kind: kind === 'difference' ? 'place' : 'zoom',
    box: place.box,
    number: numbered ? index + 1 : null,
    note: place.note,
    clamped: place.clamped,
    failed,
    drawn: 1,
    opacity: 1,
  }));
  const shown = imageOf(run, seen?.image);
  const compare = shown?.role.startsWith('exemplar')
    ? { image: shown, amount: 1, isFitted: !hasShape(shown.source, part) }
    : null;
  const framed = marks[0]?.box ?? (compare && onPart(compare.image, part));
  const withMarks = { ...base, kind, marks: [...trail, ...marks], compare };
  switch (kind) {
    case 'zoom':
      return { ...withMarks, focus: framed && !failed ? roomAround(framed, part) : whole };
    case 'difference':
      return { ...withMarks, map: seen?.map ? { ...seen.map, opacity: 1 } : null, focus: seen?.map?.box ?? whole };
    case 'compare':
      return {
        ...withMarks,
        marks: withLastZoom(withMarks.marks),
        focus: compare ? lastFocus(run, turn - 1, part) : whole,
      };
    case 'answer':
      return { ...base, kind, marks: [...trail, ...matchMarks(run), ...verdictMarks(run)] };
    default:
      return withMarks;
  }
}

/** Rectangles of earlier zooms stay behind as a thin trail. */
function trailBefore(run: RunSoFar, turn: number): SceneMark[] {
  const marks: SceneMark[] = [];
  run.steps.slice(0, Math.max(0, turn - 1)).forEach((step, index) => {
    if (stepKind(step) !== 'zoom' || step.observation?.isError) return;
    step.observation?.boxes.forEach((place, order) => {
      const id = `${index + 1}-${order + 1}`;
      const { box, note, clamped } = place;
      marks.push({ id, kind: 'trail', box, number: null, note, clamped, failed: false, drawn: 1, opacity: 0.6 });
    });
  });
  return marks;
}

/** While comparing, the place last zoomed into is outlined on both parts. */
function withLastZoom(marks: readonly SceneMark[]): readonly SceneMark[] {
  const last = marks.findLast((mark) => mark.kind === 'trail');
  return marks.map((mark) => (mark === last ? { ...mark, kind: 'zoom', opacity: 1 } : mark));
}

function verdictMarks(run: RunSoFar): SceneMark[] {
  return (run.verdict?.regions ?? [])
    .filter((region) => region.kind === 'defect')
    .map((region, index) => ({
      id: region.id,
      kind: 'defect',
      box: region.box,
      number: index + 1,
      note: region.label ?? '',
      clamped: region.origin.clamped,
      failed: false,
      drawn: 1,
      opacity: 1,
    }));
}

/** Places that differ more than good parts do from each other, where the agent itself marked nothing. */
function matchMarks(run: RunSoFar): SceneMark[] {
  const defects = verdictMarks(run);
  return (run.verdict?.libraryMatch?.regions ?? [])
    .filter(({ box, ratio }) => ratio > 1 && !defects.some((defect) => overlap(defect.box, box) > 0))
    .map(({ box, ratio }, index) => ({
      id: `match-${index + 1}`,
      kind: 'place',
      box,
      number: null,
      note: `differs ${ratio.toFixed(1)}×`,
      clamped: false,
      failed: false,
      drawn: 1,
      opacity: 1,
    }));
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

/** Comparing keeps the frame of the zoom before it, so that the same place is seen on both parts. */
function lastFocus(run: RunSoFar, turn: number, part: Size): Box {
  return turn < 1 ? [0, 0, part.width, part.height] : settled(run, turn, part).focus;
}

/** An exemplar's rectangle as the same place of the part: both are laid over each other edge to edge. */
function onPart({ frame, source }: TraceImage, part: Size): Box {
  const x = part.width / source.width;
  const y = part.height / source.height;
  return [frame[0] * x, frame[1] * y, frame[2] * x, frame[3] * y];
}

/** True when both have the same aspect ratio, within a pixel or a hundredth. */
function hasShape(one: Size, other: Size): boolean {
  const difference = Math.abs(one.width * other.height - one.height * other.width);
  return difference <= Math.max(one.width * other.height * 0.01, one.width, one.height);
}

/** The turn that shows a region: where it was inspected, or the answer for a defect. */
export function turnOfRegion(run: RunSoFar, region: Region): number {
  const turn = run.steps.findIndex((step) => step.id === region.step) + 1;
  return region.kind === 'defect' || turn === 0 ? turnCount(run) : turn;
}

/** The rectangle with some surroundings, so that its outline is inside the view. */
export function roomAround(box: Box, part: Size): Box {
  if (boxArea(box) === 0) return [0, 0, part.width, part.height];
  const dx = (box[2] - box[0]) * 0.18;
  const dy = (box[3] - box[1]) * 0.18;
  return [box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy];
}

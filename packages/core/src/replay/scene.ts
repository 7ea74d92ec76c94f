/**
 * Live view and replay are the same pure function: `sceneAt(run, t)`. `t` counts turns: 0 = the bare part, k = turn k
 * fully shown, in between = the transition into turn ceil(t). No clock, no canvas and no store in here.
 */
import { boxArea, type Box, type Size } from '../image/box.ts';
import type { TraceImage, TraceStep } from '../protocol/trace.ts';
import { imagesAfter } from './branches.ts';
import { isOriginUnknown } from './regionOrigin.ts';
import { imageOf, stepKind, turnCount, turnOfRegion, type RunSoFar } from './runSoFar.ts';
import type { Scene, SceneMark } from './sceneTypes.ts';
import { coverageAt } from './coverage.ts';
import { askedPlace, numbersOf, placeInFrame, refusedPlace } from './askedPlace.ts';
import { between } from './transition.ts';

/** Of a mark that is whole, fully shown and was not refused. */
const SHOWN = { clamped: false, asked: null, isOriginUnknown: false, failed: false, drawn: 1, opacity: 1 } as const;

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
    evidence: lastMap(run, turn),
    pulse: 0,
    compare: null,
    coverage: coverageAt(run, turn, part),
    verdictFill: run.verdict && turn === turnCount(run) ? 1 : 0,
  };
  const step = run.steps[turn - 1];
  if (!step) return base;
  const kind = stepKind(step);
  const seen = step.observation;
  const failed = seen?.isError ?? false;
  const numbered = (seen?.boxes.length ?? 0) > 0 && kind === 'difference';
  const marks: SceneMark[] = failed
    ? [refusedMark(run, step, turn, part)]
    : (seen?.boxes ?? []).map((place, index) => ({
        ...SHOWN,
        id: `${turn}-${index + 1}`,
        kind: kind === 'difference' ? 'place' : 'zoom',
        box: place.box,
        number: numbered ? index + 1 : null,
        note: kind === 'difference' ? ratioWords(seen?.match?.regions[index]?.ratio, place.note) : place.note,
        clamped: place.clamped,
        asked: place.clamped ? askedPlace(run, step.call) : null,
      }));
  const shown = imageOf(run, seen?.image);
  const compare = shown?.role.startsWith('exemplar')
    ? { image: shown, amount: 1, isFitted: !hasShape(shown.source, part) }
    : null;
  // A look closer at the exemplar is outlined at the same place of both.
  if (shown && compare && shown.role === 'exemplar-crop')
    marks.push({ ...SHOWN, id: `${turn}-1`, kind: 'zoom', box: onPart(shown, part), number: null, note: '' });
  marks.push(...strayMarks(run, turn, 'zoom'));
  const framed = marks[0]?.box ?? (compare && onPart(compare.image, part));
  // The verdict's places belong to its last turn, whatever that says.
  const decided = kind !== 'answer' && turn === turnCount(run) ? verdictMarks(run) : [];
  const withMarks = { ...base, kind, marks: [...trail, ...marks, ...decided], compare };
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
      return { ...base, kind, marks: [...trail, ...marks, ...matchMarks(run), ...verdictMarks(run)] };
    default:
      return withMarks;
  }
}

/** The last map of differences made up to `turn` of the largest place: the whole part, unless only crops were compared. */
function lastMap(run: RunSoFar, turn: number): Scene['evidence'] {
  const maps = run.steps.slice(0, turn).flatMap((step) => step.observation?.map ?? []);
  return maps.reduce<Scene['evidence']>(
    (best, map) => (best && boxArea(best.box) > boxArea(map.box) ? best : map),
    null,
  );
}

/** Rectangles of earlier zooms stay behind as a thin trail. */
function trailBefore(run: RunSoFar, turn: number): SceneMark[] {
  const marks: SceneMark[] = [];
  run.steps.slice(0, Math.max(0, turn - 1)).forEach((step, index) => {
    if (stepKind(step) !== 'zoom' || step.observation?.isError) return;
    step.observation?.boxes.forEach((place, order) => {
      const id = `${index + 1}-${order + 1}`;
      const { box, note, clamped } = place;
      const asked = clamped ? askedPlace(run, step.call) : null;
      marks.push({ ...SHOWN, id, kind: 'trail', box, number: null, note, clamped, asked, opacity: 0.6 });
    });
  });
  for (let before = 1; before < turn; before++) marks.push(...strayMarks(run, before, 'trail'));
  return marks;
}

/** Places inspected in `turn` that its step does not tell by itself: their stored boxes are what counts. */
function strayMarks(run: RunSoFar, turn: number, kind: 'zoom' | 'trail'): SceneMark[] {
  const told = run.steps[turn - 1]?.observation?.boxes ?? [];
  return (run.verdict?.regions ?? [])
    .filter((region) => region.kind === 'inspected' && turnOfRegion(run, region) === turn)
    .filter(({ box }) => !told.some((place) => isSameBox(place.box, box)))
    .map((region) => ({
      ...SHOWN,
      id: region.id,
      kind,
      box: region.box,
      number: null,
      note: '',
      isOriginUnknown: isOriginUnknown(region),
      opacity: kind === 'trail' ? 0.6 : 1,
    }));
}

function isSameBox(a: Box, b: Box): boolean {
  return a.every((value, index) => value === b[index]);
}

/** While comparing, the place last zoomed into is outlined on both parts. */
function withLastZoom(marks: readonly SceneMark[]): readonly SceneMark[] {
  const last = marks.findLast((mark) => mark.kind === 'trail');
  return marks.map((mark) => (mark === last ? { ...mark, kind: 'zoom', opacity: 1 } : mark));
}

/** How far a place differs; traces without numbers have the tool's own words. */
function ratioWords(ratio: number | undefined, otherwise: string): string {
  return ratio === undefined ? otherwise : `${ratio.toFixed(2)}×`;
}

/** A refused call leaves a crossed frame where it pointed, with the cause. */
function refusedMark(run: RunSoFar, step: TraceStep, turn: number, part: Size): SceneMark {
  const note = (step.observation?.text ?? '').replace(/^\s*Execution error:/, '').trim();
  // Only what there was then: an image of that index may have come later.
  const then = { ...run, images: imagesAfter(run.images, run.steps.slice(0, turn - 1)) };
  const box = refusedPlace(then, step.call, part);
  return { ...SHOWN, id: `${turn}-1`, kind: 'zoom', box, number: null, note, failed: true };
}

function verdictMarks(run: RunSoFar): SceneMark[] {
  return (run.verdict?.regions ?? [])
    .filter((region) => region.kind === 'defect')
    .map((region, index) => ({
      ...SHOWN,
      id: region.id,
      kind: 'defect',
      box: region.box,
      number: index + 1,
      note: region.label ?? '',
      clamped: region.origin.clamped,
      asked: region.origin.clamped ? placeInFrame(numbersOf(region.origin.raw), region.origin.frame) : null,
      isOriginUnknown: isOriginUnknown(region),
    }));
}

/** Places that differ more than good parts do from each other, where the agent itself marked nothing. */
function matchMarks(run: RunSoFar): SceneMark[] {
  const defects = verdictMarks(run);
  return (run.verdict?.libraryMatch?.regions ?? [])
    .filter(({ box, ratio }) => ratio > 1 && !defects.some((defect) => overlap(defect.box, box) > 0))
    .map(({ box, ratio }, index) => ({
      ...SHOWN,
      id: `match-${index + 1}`,
      kind: 'place',
      box,
      number: null,
      note: ratioWords(ratio, ''),
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

/** The rectangle with some surroundings, so that its outline is inside the view. */
export function roomAround(box: Box, part: Size): Box {
  if (boxArea(box) === 0) return [0, 0, part.width, part.height];
  const dx = (box[2] - box[0]) * 0.18;
  const dy = (box[3] - box[1]) * 0.18;
  return [box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy];
}

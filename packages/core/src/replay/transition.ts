/** The scene between two settled ones: outlines are drawn first, then the camera flies. */
import type { Box } from '../image/box.ts';
import type { Scene } from './sceneTypes.ts';

/** The share of a transition in which outlines are drawn; the camera flies in the rest. */
const DRAW_SHARE = 0.45;
/** The share of it by which the last of several outlines starts after the first. */
const STAGGER_SHARE = 0.5;

export function between(from: Scene, to: Scene, progress: number): Scene {
  const draw = Math.min(1, progress / DRAW_SHARE);
  const fly = easeInOut(Math.max(0, (progress - DRAW_SHARE) / (1 - DRAW_SHARE)));
  const kept = new Set(to.marks.map((mark) => mark.id));
  const known = new Set(from.marks.map((mark) => mark.id));
  const fresh = to.marks.filter((mark) => !known.has(mark.id));
  const leaving = from.marks.filter((mark) => !kept.has(mark.id));
  return {
    turn: to.turn,
    kind: to.kind,
    focus: focusBetween(from.focus, to.focus, fly),
    marks: [
      ...leaving.map((mark) => ({ ...mark, opacity: mark.opacity * (1 - draw) })),
      ...to.marks.map((mark) => {
        if (known.has(mark.id)) return mark;
        const drawn = drawnInTurn(draw, fresh.indexOf(mark), fresh.length);
        return { ...mark, drawn, opacity: mark.opacity * drawn };
      }),
    ],
    map: mapBetween(from.map, to.map, draw),
    evidence: to.evidence,
    // The look at the whole part comes before whatever is done first.
    pulse: from.turn === 0 ? Math.sin(Math.PI * draw) : 0,
    compare: compareBetween(from.compare, to.compare, fly),
    coverage: to.coverage,
    verdictFill: from.verdictFill + (to.verdictFill - from.verdictFill) * fly,
  };
}

/** One outline after the other, overlapping, all done at 1. */
function drawnInTurn(draw: number, index: number, count: number): number {
  const late = count > 1 ? (STAGGER_SHARE * index) / (count - 1) : 0;
  return Math.min(1, Math.max(0, (draw - late) / (1 - (count > 1 ? STAGGER_SHARE : 0))));
}

function mapBetween(from: Scene['map'], to: Scene['map'], draw: number): Scene['map'] {
  if (to) return { ...to, opacity: draw };
  return from && draw < 1 ? { ...from, opacity: 1 - draw } : null;
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

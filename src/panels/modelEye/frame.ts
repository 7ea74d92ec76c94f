/** The frame of one picture of the conversation: its grid of tokens, its place in the source, and what was said in it. Pure. */
import { boxToPixels, type Box } from '@agentiad/core/image/box.ts';
import type { TraceAsset, TraceImage, TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';

export interface TokenGrid {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the picture along the side of one token's square. */
  readonly cell: number;
}

/**
 * The squares that became one token each, from the picture's size and its number of tokens; null when they do not
 * divide it evenly (another kind of model).
 */
export function tokenGrid({ width, height }: Pick<TraceAsset, 'width' | 'height'>, tokens: number): TokenGrid | null {
  const cell = Math.sqrt((width * height) / tokens);
  const columns = width / cell;
  const rows = height / cell;
  return [cell, columns, rows].every(Number.isInteger) ? { columns, rows, cell } : null;
}

/** Pixels of the picture per pixel of its source, along the width. */
export function enlargement({ frame }: TraceImage, { width }: Pick<TraceAsset, 'width'>): number {
  return width / (frame[2] - frame[0]);
}

/** Something that was said in the frame of a picture. */
export interface Said {
  readonly id: string;
  /** The numbers as they were written. */
  readonly raw: string;
  /** The same in 0..1 of the picture; null when they are no box. */
  readonly box: Box | null;
  /** In pixels of the source, before any clamping. */
  readonly pixels: Box | null;
  readonly clamped: boolean;
  readonly step: string;
}

/** What was said in the frame of picture `index`: the places calls asked for, and those the answer cites. */
export function saidIn(run: Pick<RunSoFar, 'steps' | 'verdict'>, image: TraceImage): readonly Said[] {
  const asked = run.steps.flatMap((step) => askedIn(step, image));
  const cited = (run.verdict?.regions ?? [])
    .filter((region) => region.kind === 'defect' && region.origin.image === image.index && region.origin.raw !== null)
    .map((region) => citedIn(region, image));
  const known = new Set(asked.map(({ raw }) => raw));
  return [...asked, ...cited.filter(({ raw }) => !known.has(raw))];
}

function askedIn(step: TraceStep, image: TraceImage): readonly Said[] {
  const { bbox_2d: box, target_image: target = 1 } = step.call?.arguments ?? {};
  if (box === undefined || target !== image.index) return [];
  const clamped = step.observation?.boxes.some((place) => place.clamped) ?? false;
  return [said(step.id, Array.isArray(box) ? `[${box.join(', ')}]` : JSON.stringify(box), image, clamped, step.id)];
}

function citedIn(region: Region, image: TraceImage): Said {
  return said(region.id, region.origin.raw ?? '', image, region.origin.clamped, region.step);
}

function said(id: string, raw: string, image: TraceImage, clamped: boolean, step: string): Said {
  const box = boxOf(raw);
  const [x1, y1, x2, y2] = image.frame;
  const inFrame = box && boxToPixels(box, { width: x2 - x1, height: y2 - y1 });
  const pixels: Box | null = inFrame && [inFrame[0] + x1, inFrame[1] + y1, inFrame[2] + x1, inFrame[3] + y1];
  return { id, raw, box, pixels, clamped, step };
}

function boxOf(raw: string): Box | null {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return null;
  }
  const isBox = Array.isArray(value) && value.length === 4 && value.every((part) => Number.isFinite(part));
  return isBox ? (value as unknown as Box) : null;
}

/** The pictures the model had received when turn `turn` was over, in order; 0: before the first. */
export function receivedBy(run: Pick<RunSoFar, 'images' | 'steps'>, turn: number): readonly TraceImage[] {
  const indices = [1, ...run.steps.slice(0, turn).map((step) => step.observation?.image ?? null)];
  return indices.flatMap((index) => run.images.find((image) => image.index === index) ?? []);
}

/** Tokens of the picture that was new when turn `turn` was written. */
export function newImageTokens(run: Pick<RunSoFar, 'images' | 'steps'>, turn: number): number {
  const index = turn === 1 ? 1 : run.steps[turn - 2]?.observation?.image;
  return run.images.find((image) => image.index === index)?.tokens ?? 0;
}

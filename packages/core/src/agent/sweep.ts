/**
 * A sweep: every place of the part that was not yet seen at full resolution is shown to the agent, tile by tile, each
 * right after the same step, and what it would answer is read. The most suspicious tile is then asked about for good.
 */
import type { Areas } from '../image/areas.ts';
import { WHOLE_IMAGE } from '../image/areas.ts';
import type { Box, Size } from '../image/box.ts';
import { isPartInspected, unseenBoxes } from '../image/coverage.ts';
import type { ProcessorConfig } from '../image/processor.ts';
import { imagesAfter, stepsUpTo } from '../replay/branches.ts';
import { UserError } from '../support/userError.ts';
import { askAgain, branchOf, type MadeBranch } from './askAgain.ts';
import type { Continuation } from './continuation.ts';
import { modelActs } from './inspect.ts';
import { openConversation, showObservation } from './openConversation.ts';
import { toObservation } from './observation.ts';
import { FORCED_ANSWER } from './prompt.ts';
import { humanStep } from './question.ts';
import { areasOf } from './recipeUse.ts';
import type { InspectionDeps, InspectionRequest, LoopLimits } from './request.ts';
import type { Setup } from './setup.ts';
import { setUp } from './setup.ts';
import { placesSeen, shareSeen, writeVerdict } from './writeVerdict.ts';

export interface SweepOptions {
  readonly from: Omit<Continuation, 'question' | 'isBranch'>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** More tiles than this take too long and make too large a trace. */
export const MAX_TILES = 1500;

/** Largest side of a square that reaches the model pixel by pixel. */
export function tileSide({ patchSize, mergeSize, maxPixels }: ProcessorConfig, limits: LoopLimits): number {
  const factor = patchSize * mergeSize;
  return Math.floor(Math.sqrt(Math.min(maxPixels, limits.cropMaxPixels)) / factor) * factor;
}

/** Tiles of at most `side` that together show all that is inspected of `part` beside what was `seen`; rows from the top. */
export function tilesToSee(part: Size, seen: readonly Box[], side: number, areas: Areas = WHOLE_IMAGE): Box[] {
  const unseen = unseenBoxes(part, seen);
  const starts = (length: number) => {
    const count = Math.ceil(length / side);
    const step = count > 1 ? (length - side) / (count - 1) : 0;
    return Array.from({ length: count }, (_, index) => Math.round(index * step));
  };
  const columns = starts(part.width);
  return starts(part.height)
    .flatMap((y) => columns.map((x): Box => [x, y, Math.min(part.width, x + side), Math.min(part.height, y + side)]))
    .filter((tile) => unseen.some((box) => overlaps(tile, box)) && isPartInspected(areas, tile, part));
}

function overlaps(a: Box, b: Box): boolean {
  return Math.max(a[0], b[0]) < Math.min(a[2], b[2]) && Math.max(a[1], b[1]) < Math.min(a[3], b[3]);
}

/**
 * Completes the coverage in one branch. Rejects with a UserError where there is nothing to sweep, or too much; a sweep
 * that is stopped keeps the tiles it saw.
 */
export async function sweep(
  request: InspectionRequest,
  deps: InspectionDeps,
  { from, onProgress = () => {} }: SweepOptions,
): Promise<MadeBranch> {
  const { processor } = deps.model;
  const { settings, createPolicy } = modelActs(request, deps, { from: { ...from, question: null, isBranch: true } });
  const setup = await setUp(request, deps, settings, createPolicy);
  const kept = stepsUpTo(from.stored.steps, from.after);
  const known = imagesAfter(from.stored.images, kept).length;
  const { part, signal } = request;
  const areas = areasOf(request);
  const seen = placesSeen(
    setup.start!.images.map(({ traceImage }) => traceImage),
    from.stored.assets,
    processor,
  );
  const tiles = tilesToSee(part.raster, seen, tileSide(processor, setup.limits), areas);
  checkTiles(tiles, part.name);
  try {
    await showTiles(setup, { tiles, firstIndex: known + settings.limits.maxToolCalls + 3, onProgress });
  } finally {
    setup.policy.dispose();
  }
  const { recorder } = setup;
  const shown = recorder.steps.slice(kept.length);
  const stopped = writeVerdict({ deps, settings, setup, result: INTERRUPTED, first: null });
  const trace = { verdict: stopped, images: recorder.traceImages, steps: recorder.steps, assets: recorder.assets };
  const looked = branchOf(trace, { kind: 'sweep', after: from.after, steps: kept.length, images: known });
  const worst = shown.toSorted((a, b) => (b.belief ?? 0) - (a.belief ?? 0))[0];
  if (signal?.aborted || !worst) return looked;

  const box = worst.observation!.boxes[0]!.box;
  const asked = await askAgain(request, deps, { from: { ...from, question: { kind: 'asked', box } } });
  const images = [...asked.branch.images, ...looked.branch.images];
  const assets = { ...asked.assets, ...looked.assets };
  const share = shareSeen(
    part.raster,
    [...recorder.traceImages.slice(0, known), ...images],
    { ...from.stored.assets, ...assets },
    processor,
    areas,
  );
  return {
    branch: {
      ...asked.branch,
      ...{ id: looked.branch.id, kind: 'sweep', created: looked.branch.created },
      steps: [...looked.branch.steps, ...asked.branch.steps],
      images,
      coverage: { share },
      ms: looked.branch.ms + asked.branch.ms,
    },
    assets,
  };
}

const INTERRUPTED = { status: 'interrupted', answer: null, score: null, errors: [] } as const;

function checkTiles(tiles: readonly Box[], name: string): void {
  if (tiles.length === 0)
    throw new UserError({
      code: 'sweep-complete',
      subject: name,
      reason: 'was already seen at full resolution everywhere.',
      remedy: 'There is nothing left to sweep.',
    });
  if (tiles.length > MAX_TILES)
    throw new UserError({
      code: 'sweep-too-large',
      subject: name,
      reason: `would take ${tiles.length} looks with this model, more than ${MAX_TILES}.`,
      remedy: 'Cut the image to the part, or use a model that sees larger pieces.',
    });
}

/** Shows every tile in the place of the next step, reads what the model would answer, and takes it back again. */
async function showTiles(
  setup: Setup,
  {
    tiles,
    firstIndex,
    onProgress,
  }: {
    readonly tiles: readonly Box[];
    readonly firstIndex: number;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<void> {
  const { conversation, recorder, policy, request, clock } = setup;
  const pending = await openConversation(setup);
  await policy.observe(pending.ids, pending.images, request.signal);
  for (const [index, box] of tiles.entries()) {
    if (request.signal?.aborted) return;
    onProgress(index, tiles.length);
    const started = clock();
    const { rawText, call, run } = humanStep({ kind: 'asked', box }, request.part.raster);
    const outcome = await run({ images: recorder.images, library: null, match: null, shownExemplars: [] });
    const image = recorder.addImage(outcome.image!, firstIndex + index);
    const observation = toObservation(outcome, image.index);
    const seen = clock();
    const aside = conversation.fork();
    const written = aside.addModelText(rawText);
    const shown = showObservation(aside, observation, image);
    const ids = [...written, ...shown.ids, ...aside.addModelText(FORCED_ANSWER)];
    const belief = policy.believe ? await policy.believe(ids, shown.images) : null;
    recorder.addStep({
      id: `t${index + 1}`,
      rawText,
      thought: '',
      call,
      observation,
      author: 'human',
      tokens: { prefilled: ids.length, generated: 0 },
      ms: { prefill: 0, decode: 0, tool: seen - started, belief: clock() - seen },
      belief,
    });
  }
  onProgress(tiles.length, tiles.length);
}

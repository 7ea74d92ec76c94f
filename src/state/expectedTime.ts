/**
 * What the next inspection will take, before it is made: from the speed measured when the model was loaded and what its
 * recipe asks for, soon from inspections of the same kind made here. Pure.
 */
import { firstTypical, planCounts, secondsOf, tokensOfImage, typicalOf } from '@agentiad/core/agent/expectedTime.ts';
import type { TypicalRun } from '@agentiad/core/agent/expectedTime.ts';
import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import type { Size } from '@agentiad/core/image/box.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { median } from '@agentiad/core/validation/metrics.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { QueueRecord } from '../storage/schema.ts';
import { recipeFor } from './recipes.ts';
import { comparesIn, enabledExemplars, modeFor, type StudioState } from './studioState.ts';

/** What an inspection made on this visit took, and what it consisted of. */
export interface TimedRun {
  readonly modelSha256: string;
  readonly category: string | null;
  /** `id@version`, or null without one. */
  readonly recipe: string | null;
  readonly mode: Mode;
  readonly pixels: number;
  /** Features of good parts that had to be worked out first. */
  readonly newExemplars: number;
  readonly seconds: number;
  readonly textTokens: number;
  readonly images: number;
  readonly imageTokens: number;
  readonly generatedTokens: number;
  readonly toolMs: number;
  /** Made on an earlier visit: tells what inspections consist of, not how long they take now. */
  readonly isEarlier?: true;
}

export const TYPICAL_PART: Size = { width: 1024, height: 1024 };
/** Inspections of one kind from which on their own times decide. */
const ENOUGH = 2;
const REMEMBERED = 40;
/** Parts up to this much larger or smaller count as equally large. */
const SAME_SIZE = 1.5;

type Known = Pick<
  StudioState,
  'engine' | 'categories' | 'recipes' | 'exemplars' | 'mode' | 'timed' | 'history' | 'health'
>;

/** Seconds of one inspection of a part of `category`; `size` null: as large as the last ones. Null: not known yet. */
export function expectedSecondsFor(state: Known, category: string | null, size: Size | null): number | null {
  return expectedSecondsOf(state, category, size, 1);
}

/** Of `count` parts of `category`, one after the other: good parts are prepared once for all of them. */
export function expectedSecondsOf(
  state: Known,
  category: string | null,
  size: Size | null,
  count: number,
): number | null {
  const alike = alikeRuns(state, category, size);
  if (alike.length >= ENOUGH) return count * median(alike.slice(-5).map(({ seconds }) => seconds));
  const each = plannedSecondsFor(state, category, size, 0);
  const first = plannedSecondsFor(state, category, size, newExemplars(state, category));
  return each === null || first === null ? null : first + (count - 1) * each;
}

/** From the measured speed and the steps of the recipe; what the model takes as inspections of this visit showed it. */
function plannedSecondsFor(state: Known, category: string | null, size: Size | null, exemplars: number): number | null {
  const { engine } = state;
  if (engine.state !== 'ready' || !engine.speed) return null;
  const { speed, info } = engine;
  const recipe = recipeFor(state, category);
  const mode = modeFor(state, category);
  const learned = typicalOf(
    state.timed
      .filter((run) => run.modelSha256 === info.card.sha256 && run.mode === mode)
      .slice(-8)
      .map((run) => typicalRun(run, speed.viewMs, firstTypical(info.card.id, mode))),
  );
  const counts = planCounts({
    typical: learned ?? firstTypical(info.card.id, mode),
    tokensOfImage: tokensOfImage(size ?? TYPICAL_PART, speed.image, recipe?.pixelCap ?? null),
    newExemplars: comparesIn(mode) ? exemplars : 0,
    decidedShare: recipe?.triage && recipe.validation ? decidedShareOf(state, category) : 0,
  });
  const withoutTools = secondsOf({ ...counts, views: 0 }, speed);
  return withoutTools * correction(state, info.card.sha256, speed) + (counts.views * speed.viewMs) / 1000;
}

/** Of all that wait, each as its own kind of part. Null while nothing is known of one of them. */
export function expectedSecondsOfQueue(state: Known, queue: readonly Pick<QueueRecord, 'category'>[]): number | null {
  const counts = new Map<string | null, number>();
  for (const { category } of queue) counts.set(category, (counts.get(category) ?? 0) + 1);
  let sum = 0;
  for (const [category, count] of counts) {
    const seconds = expectedSecondsOf(state, category, null, count);
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}

/** Good parts of `category` whose features nobody worked out yet, as far as the page knows. */
export function newExemplars(state: Known, category: string | null): number {
  const compared = enabledExemplars(state, category);
  const health = category === null ? undefined : state.health[category];
  if (health && !health.isRunning && health.done === health.total) return 0;
  // An inspection that compared worked out the features of all there were.
  const last = state.history.find((run) => run.category === category && run.libraryScore !== null)?.created ?? '';
  return compared.filter(({ added }) => added > last).length;
}

/** Remembers an inspection that came to its end. */
export function withTimed(
  timed: readonly TimedRun[],
  trace: Trace,
  about: Pick<TimedRun, 'category' | 'recipe' | 'seconds' | 'newExemplars'>,
): readonly TimedRun[] {
  const { verdict, images } = trace;
  if (verdict.status !== 'complete') return timed;
  const imageTokens = images.reduce((sum, { tokens }) => sum + tokens, 0);
  const prefilled = verdict.steps.reduce((sum, { tokens }) => sum + tokens.prefilled, 0);
  const run: TimedRun = {
    ...about,
    modelSha256: verdict.model.sha256,
    mode: verdict.settings.mode,
    pixels: verdict.image.width * verdict.image.height,
    textTokens: Math.max(0, prefilled - imageTokens),
    images: images.length,
    imageTokens,
    generatedTokens: verdict.steps.reduce((sum, { tokens }) => sum + tokens.generated, 0),
    toolMs: verdict.timings.toolMs,
  };
  return [...timed, run].slice(-REMEMBERED);
}

/** Runs of the same model, kind, recipe and about the same size, with nothing to prepare first. */
function alikeRuns(state: Known, category: string | null, size: Size | null): readonly TimedRun[] {
  const { engine, timed } = state;
  if (engine.state !== 'ready' || newExemplars(state, category) > 0) return [];
  const recipe = recipeFor(state, category);
  const recipeKey = recipe ? `${recipe.id}@${recipe.version}` : null;
  const mode = modeFor(state, category);
  return timed.filter(
    (run) =>
      run.modelSha256 === engine.info.card.sha256 &&
      run.category === category &&
      run.recipe === recipeKey &&
      run.mode === mode &&
      run.newExemplars === 0 &&
      !run.isEarlier &&
      (size === null || isAbout(run.pixels, size.width * size.height)),
  );
}

function isAbout(a: number, b: number): boolean {
  return a <= b * SAME_SIZE && b <= a * SAME_SIZE;
}

/** Where good parts had to be prepared, what the tools took says nothing of the next run. */
function typicalRun(run: TimedRun, viewMs: number, first: TypicalRun): TypicalRun {
  const { textTokens, images, generatedTokens, toolMs, newExemplars } = run;
  return { textTokens, images, generatedTokens, views: newExemplars > 0 ? first.views : toolMs / viewMs };
}

/** How far the measured speed was off so far, tools apart: what the machine does besides, decoding of files, storage. */
function correction({ timed }: Known, modelSha256: string, speed: StepSpeed): number {
  const own = timed.filter((run) => run.modelSha256 === modelSha256 && !run.isEarlier);
  const ratios = own.map((run) => (run.seconds - run.toolMs / 1000) / secondsOf({ ...run, views: 0 }, speed));
  return ratios.length === 0 ? 1 : median(ratios.slice(-5));
}

/** Of parts of this kind on this visit: those that took no token. Half of them before any was seen. */
function decidedShareOf({ timed }: Known, category: string | null): number {
  const own = timed.filter((run) => run.category === category).slice(-10);
  return own.length === 0 ? 0.5 : own.filter(({ generatedTokens }) => generatedTokens === 0).length / own.length;
}

/** Comparing by hand: which mode, which exemplar, and having the worker lay the two on each other. */
import { DEFAULT_WINDOW, windowOfGoodParts, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { AlignImage } from '../../runtime/compareMessages.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';
import { bytesOfBase64 } from '../../storage/tracePacking.ts';
import {
  chooseExemplar,
  COMPARE_MODES,
  exemplarChoices,
  MISSING_CODE,
  pairKey,
  type AlignmentState,
  type CompareMode,
  type CompareState,
  type ExemplarChoice,
} from '../compareState.ts';
import { readFile, type StudioContext } from '../context.ts';
import { exemplarsOf, type Current } from '../studioState.ts';
import { pictureVariant, windowShown } from '../windows.ts';

/** Alignments kept; each may hold a difference map of half a megabyte. */
const KEPT_ALIGNMENTS = 24;

export function setCompareMode({ store }: StudioContext, mode: CompareMode): void {
  if (mode === 'off') return change(store, { mode, isBlinking: false });
  change(store, { mode });
}

/** Off, side by side, curtain, difference, and round again. */
export function cycleCompare(context: StudioContext): void {
  const { mode } = context.store.getState().compare;
  setCompareMode(context, COMPARE_MODES[(COMPARE_MODES.indexOf(mode) + 1) % COMPARE_MODES.length]!);
}

export function blink({ store }: StudioContext, isBlinking: boolean): void {
  change(store, { isBlinking });
}

export function moveDivider({ store }: StudioContext, divider: number): void {
  change(store, { divider: Math.min(Math.max(divider, 0), 1) });
}

export function setDifferenceOpacity({ store }: StudioContext, opacity: number): void {
  change(store, { opacity });
}

export function pickExemplar({ store }: StudioContext, sha256: string): void {
  const { current } = store.getState();
  if (current) change(store, { picked: { runId: current.runId, sha256 } });
}

/** The next (1) or previous (-1) exemplar in the list's order, round and round. */
export function stepExemplar(context: StudioContext, by: 1 | -1): void {
  const choices = choicesOf(context);
  const chosen = chosenExemplar(context);
  if (!chosen) return;
  const at = choices.findIndex(({ sha256 }) => sha256 === chosen.sha256);
  pickExemplar(context, choices[(at + by + choices.length) % choices.length]!.sha256);
}

/** True while the arrows may go through exemplars. */
export function isComparing({ store }: StudioContext): boolean {
  return store.getState().compare.mode !== 'off';
}

function choicesOf({ store }: StudioContext): readonly ExemplarChoice[] {
  const { current, exemplars, compare } = store.getState();
  if (!current) return [];
  return exemplarChoices({ current, exemplars, similarities: compare.similarities[current.sha256] ?? {} });
}

function chosenExemplar(context: StudioContext): ExemplarChoice | null {
  const { current, compare } = context.store.getState();
  const picked = compare.picked?.runId === current?.runId ? (compare.picked?.sha256 ?? null) : null;
  return chooseExemplar(choicesOf(context), picked, context.playhead.turn())?.choice ?? null;
}

/** Has the picture of `exemplar` come, and the two laid on each other; once per pair. */
export function wantComparison(context: StudioContext, current: Current, exemplar: ExemplarChoice): void {
  const { store, pictures, engine, host } = context;
  const { sha256, asset, name } = exemplar;
  const window = goodPartWindow(context, current);
  const load = async () => {
    const bytes = await readFile(context, sha256).catch(() => null);
    return bytes && ((await engine.prepare(bytes, name, window).catch(() => null))?.bitmap ?? null);
  };
  pictures.want(sha256, load, pictureVariant(window));
  const seen = asset === null ? undefined : current.run.assets[asset];
  if (seen) pictures.want(`seen:${asset}`, () => host.bitmapOfAsset(seen).catch(() => null));
  const key = pairKey(current.sha256, sha256);
  if (!store.getState().compare.alignments[key]) void align(context, current, exemplar, key);
}

async function align(context: StudioContext, current: Current, exemplar: ExemplarChoice, key: string): Promise<void> {
  const keep = (next: AlignmentState) =>
    context.store.setState(({ compare }) => {
      const others = Object.entries(compare.alignments).filter(([known]) => known !== key);
      return {
        compare: { ...compare, alignments: Object.fromEntries([...others.slice(1 - KEPT_ALIGNMENTS), [key, next]]) },
      };
    });
  keep({ state: 'working' });
  try {
    const part = await partImage(context, current);
    const asset = exemplar.asset === null ? undefined : current.run.assets[exemplar.asset];
    const window = goodPartWindow(context, current);
    const moving = await alignImage(context, exemplar, window, asset?.base64);
    const alignment = part && moving && (await context.engine.align(part, moving));
    if (alignment) return keep({ state: 'done', alignment });
    keep({ state: 'failed', problem: missing(part ? exemplar.name : current.name) });
  } catch (error) {
    keep({ state: 'failed', problem: problemOf(error, exemplar.name) });
  }
}

/** Asks how similar the category's exemplars are to the part, unless that is known; not while an image is inspected. */
export async function wantSimilarities(context: StudioContext, current: Current): Promise<void> {
  const { store, engine } = context;
  const state = store.getState();
  const exemplars = exemplarsOf(state, current.category);
  const known = state.compare.similarities[current.sha256] ?? {};
  const isKnown = exemplars.every(({ sha256 }) => sha256 === current.sha256 || known[sha256] !== undefined);
  if (isKnown || current.category === null || state.engine.state !== 'ready' || state.inspecting) return;
  const part = await partImage(context, current);
  if (!part) return;
  const library = { category: current.category, window: goodPartWindow(context, current), exemplars };
  // Without it the page only lists them in another order.
  const ranked = await engine
    .rank({ ...part, sha256: current.sha256 }, library, (sha256) => readFile(context, sha256))
    .catch(() => null);
  if (!ranked) return;
  const found = Object.fromEntries(ranked.map(({ sha256, similarity }) => [sha256, similarity]));
  store.setState(({ compare }) => ({
    compare: {
      ...compare,
      similarities: {
        ...compare.similarities,
        [current.sha256]: { ...compare.similarities[current.sha256], ...found },
      },
    },
  }));
}

async function partImage(context: StudioContext, current: Current): Promise<AlignImage | null> {
  const { run } = current;
  const seen = run.images.find((image) => image.role === 'part');
  const window = windowShown(context.store.getState(), current.sha256);
  return alignImage(context, current, window, seen && run.assets[seen.asset]?.base64);
}

/** The image's file, else the pixels the model saw; null when there is neither. */
async function alignImage(
  context: StudioContext,
  { sha256, name, size }: Pick<Current, 'sha256' | 'name' | 'size'>,
  window: WindowChoice,
  seen: string | undefined,
): Promise<AlignImage | null> {
  const file = await readFile(context, sha256).catch(() => null);
  if (file) return { name, size, bytes: file, window };
  return seen === undefined ? null : { name, size, bytes: bytesOfBase64(seen), window: DEFAULT_WINDOW };
}

/** Good parts are shown through the window that was set for the part. */
function goodPartWindow({ store }: StudioContext, { sha256 }: Current): WindowChoice {
  return windowOfGoodParts(store.getState().windows[sha256]?.level ?? null);
}

function missing(name: string): Problem {
  return {
    code: MISSING_CODE,
    subject: name,
    reason: 'is no longer in this browser’s storage.',
    remedy: 'Add the file again.',
  };
}

function change(store: StudioContext['store'], next: Partial<CompareState>): void {
  store.setState(({ compare }) => ({ compare: { ...compare, ...next } }));
}

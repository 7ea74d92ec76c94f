/** Opens stored and imported inspections in replay, and writes verdict and trace files. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { factsOfVerdict } from '../../storage/runFacts.ts';
import type { Problem } from '../../runtime/messages.ts';
import type { RunRecord } from '../../storage/schema.ts';
import { askedForOf, type StoredRun } from '../../storage/tracePacking.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from '../studioState.ts';
import { verdictSummary } from '../words.ts';
import { keepImportedDecision } from './decide.ts';
import { wantPictures } from './images.ts';
import { missingPixels } from './missingPixels.ts';
import { recipeOfVerdict } from './recipeOfVerdict.ts';
import { keepRun } from './room.ts';
import { traceForFile, verdictForFile } from './savedTrace.ts';

/** The run that was asked for last. What was asked for before it and takes longer to load is not shown any more. */
const wanted = new WeakMap<StudioContext, { readonly id: string }>();

/** True as long as nothing else was asked for, no inspection was begun, and the run was not deleted. */
function wantStage(context: StudioContext, id: string): () => boolean {
  const mine = { id };
  wanted.set(context, mine);
  const liveId = () => context.store.getState().inspecting?.live?.runId;
  const before = liveId();
  return () => wanted.get(context) === mine && (liveId() === before || liveId() === undefined);
}

interface Opening {
  /** What lies over the stage stays there. */
  readonly keepsDrawer?: boolean;
}

/** Shows a run from its last turn; the one being made is followed as it goes. */
export async function openRun(context: StudioContext, id: string, opening: Opening = {}): Promise<void> {
  const isWanted = wantStage(context, id);
  const { live } = context.store.getState().inspecting ?? {};
  if (live?.runId === id) return showOnStage(context, live, opening);
  const found =
    context.unsaved.get(id) ?? (await guarded(context, 'This inspection', () => context.storage.loadRun(id)));
  if (!found) return;
  const { run, stored } = found;
  const { verdict, ...rest } = stored;
  await show(context, run, { trace: verdict ? { ...rest, verdict } : null, stored, isWanted, opening });
}

interface Shown {
  readonly trace: Trace | null;
  readonly stored: StoredRun;
  readonly opening?: Opening;
  isWanted(): boolean;
}

async function show(
  context: StudioContext,
  record: RunRecord,
  { trace, stored, isWanted, opening = {} }: Shown,
): Promise<void> {
  const file = await guarded(context, record.name, () => readFile(context, record.imageSha256));
  const recipe = trace && (await recipeOfVerdict(context, trace.verdict));
  if (!isWanted()) return;
  const verdict = trace?.verdict ?? null;
  const part = stored.images.find((image) => image.role === 'part');
  const size = verdict?.image ?? part?.source ?? { width: 1, height: 1 };
  const current: Current = {
    runId: record.id,
    hasFile: file !== null,
    name: record.name,
    sha256: record.imageSha256,
    size: { width: size.width, height: size.height },
    category: record.category,
    mode: verdict?.settings.mode ?? 'pz',
    origin: record.origin,
    activity: 'open',
    run: runOfTrace({ ...stored, verdict }),
    branch: null,
    trace,
    askedFor: askedForOf(stored, recipe),
    cutOff: verdict === null,
    problem: null,
  };
  const missing = missingPixels(stored, record.name);
  if (missing) addNotice(context, missing);
  if (file === null && record.origin === 'live') addNotice(context, imageGone(record.name));
  showOnStage(context, current, opening);
}

function imageGone(subject: string): Problem {
  return {
    code: 'image-gone',
    subject,
    reason:
      'The image file is no longer in this browser’s storage. Verdict and steps are kept, with what the model saw.',
    remedy: 'Add the image file again to see it in full or to inspect it anew.',
  };
}

function showOnStage(context: StudioContext, current: Current, { keepsDrawer = false }: Opening): void {
  const { store, playhead } = context;
  const isKnown = store.getState().categories.some((category) => category.name === current.category);
  store.setState({
    current,
    selected: null,
    ...(!keepsDrawer && { drawer: null }),
    ...(isKnown && { category: current.category }),
  });
  const turns = turnCount(current.run);
  playhead.reset({ live: current.activity !== 'open', turns, t: turns });
  wantPictures(context, current);
}

/** Forgets that the run was asked for: it is about to be deleted. */
export function unwantRun(context: StudioContext, id: string): void {
  if (wanted.get(context)?.id === id) wanted.delete(context);
}

/**
 * Opens a trace file, of the command line or of another studio, and keeps it in the history, marked as imported; under
 * an id of its own when there is an inspection with its id here.
 */
export async function importTrace(context: StudioContext, text: string, fileName: string): Promise<void> {
  await guarded(context, fileName, async () => {
    const { parseTrace } = await import('./traceFile.ts');
    const trace = parseTrace(text, fileName);
    const { verdict } = trace;
    const record: RunRecord = {
      id: (await isTaken(context, verdict.id)) ? context.host.newId() : verdict.id,
      created: verdict.created,
      status: verdict.status,
      origin: 'imported',
      name: verdict.image.name,
      category: verdict.part.category,
      imageSha256: verdict.image.sha256,
      ...factsOfVerdict(verdict),
      summary: verdictSummary(verdict),
      durationMs: Math.round(verdict.timings.totalMs),
    };
    const isWanted = wantStage(context, record.id);
    await keepRun(context, record, trace);
    await keepImportedDecision(context, record.id, verdict);
    context.store.setState(({ history }) => ({
      history: [record, ...history.filter((run) => run.id !== record.id)].sort((a, b) =>
        b.created.localeCompare(a.created),
      ),
    }));
    await show(context, record, { trace, stored: trace, isWanted });
  });
}

async function isTaken({ store, storage, unsaved }: StudioContext, id: string): Promise<boolean> {
  const { history, inspecting } = store.getState();
  const isHere = inspecting?.live?.runId === id || unsaved.has(id) || history.some((run) => run.id === id);
  return isHere || (await storage.loadRun(id)) !== null;
}

export function exportVerdict(context: StudioContext): void {
  const { current } = context.store.getState();
  if (current?.trace)
    save(context, current, 'verdict', verdictForFile(context.store.getState(), current.runId, current.trace.verdict));
}

export function exportTrace(context: StudioContext): void {
  const { current } = context.store.getState();
  if (current?.trace)
    save(context, current, 'trace', traceForFile(context.store.getState(), current.runId, current.trace));
}

function save({ host }: StudioContext, current: Current, what: 'verdict' | 'trace', value: object): void {
  host.saveFile(`${fileStem(current.name)}.${what}.json`, `${JSON.stringify(value, null, 2)}\n`);
}

/** An image's name as the beginning of names of files about it. */
export function fileStem(name: string): string {
  return name.replace(/\.[^.]+$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');
}

/** Opens stored and imported inspections in replay, and writes verdict and trace files exactly as core made them. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { RunRecord } from '../../storage/schema.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import { turnCount } from '../replay.ts';
import type { Current } from '../studioState.ts';
import { verdictSummary } from '../words.ts';
import { wantPictures } from './images.ts';
import { keepRun, makeRoom } from './room.ts';

/** Shows a stored run from its last turn. */
export async function openRun(context: StudioContext, id: string): Promise<void> {
  const found =
    context.unsaved.get(id) ?? (await guarded(context, 'This inspection', () => context.storage.loadRun(id)));
  if (!found) return;
  const { run, stored } = found;
  const { verdict, ...rest } = stored;
  await show(context, run, verdict ? { ...rest, verdict } : null, stored);
}

async function show(
  context: StudioContext,
  record: RunRecord,
  trace: Trace | null,
  stored: Omit<Trace, 'verdict'>,
): Promise<void> {
  const { store, playhead } = context;
  const file = await guarded(context, record.name, () => readFile(context, record.imageSha256));
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
    run: { images: stored.images, assets: stored.assets, steps: stored.steps, running: null, verdict },
    trace,
    cutOff: verdict === null,
    problem: null,
  };
  const isKnown = store.getState().categories.some((category) => category.name === record.category);
  store.setState({ current, selected: null, drawer: null, ...(isKnown && { category: record.category }) });
  playhead.reset({ live: false, turns: turnCount(current.run), t: turnCount(current.run) });
  wantPictures(context, current);
}

export async function deleteRun(context: StudioContext, id: string): Promise<void> {
  context.store.setState(({ history, current }) => ({
    history: history.filter((run) => run.id !== id),
    current: current?.runId === id && current.activity === 'open' ? null : current,
  }));
  context.unsaved.delete(id);
  await guarded(context, 'This inspection', () => context.storage.deleteRun(id));
  await makeRoom(context);
}

/** Opens a trace file, of the command line or of another studio, and keeps it in the history, marked as imported. */
export async function importTrace(context: StudioContext, text: string, fileName: string): Promise<void> {
  await guarded(context, fileName, async () => {
    const trace = parseTrace(text, fileName);
    const { verdict } = trace;
    const record: RunRecord = {
      id: verdict.id,
      created: verdict.created,
      status: verdict.status,
      origin: 'imported',
      name: verdict.image.name,
      category: verdict.part.category,
      imageSha256: verdict.image.sha256,
      label: verdict.status === 'complete' ? verdict.verdict.label : null,
      score: verdict.verdict.score,
      summary: verdictSummary(verdict),
      durationMs: Math.round(verdict.timings.totalMs),
    };
    await show(context, record, trace, trace);
    context.store.setState(({ history }) => ({
      history: [record, ...history.filter((run) => run.id !== record.id)].sort((a, b) =>
        b.created.localeCompare(a.created),
      ),
    }));
    await keepRun(context, record, trace);
  });
}

export function exportVerdict(context: StudioContext): void {
  const { current } = context.store.getState();
  if (current?.trace) save(context, current, 'verdict', current.trace.verdict);
}

export function exportTrace(context: StudioContext): void {
  const { current } = context.store.getState();
  if (current?.trace) save(context, current, 'trace', current.trace);
}

function save({ host }: StudioContext, current: Current, what: 'verdict' | 'trace', value: object): void {
  const stem = current.name.replace(/\.[^.]+$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  host.saveFile(`${stem}.${what}.json`, `${JSON.stringify(value, null, 2)}\n`);
}

function parseTrace(text: string, name: string): Trace {
  const refuse = (reason: string, cause?: unknown) =>
    new UserError({
      code: 'trace-unreadable',
      subject: name,
      reason,
      remedy: 'Choose a trace file saved by this studio or by `agentiad inspect --trace`.',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse('is not JSON.', cause);
  }
  const checked = checkDocument('trace', value);
  if (!checked.ok) throw refuse(`is not a trace of an inspection: ${checked.problems[0]}.`);
  return checked.value;
}

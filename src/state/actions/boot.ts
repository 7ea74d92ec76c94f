/** Start-up: what was stored comes back, unfinished runs are marked, the model is loaded in the worker. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { problemOf } from '../../runtime/messages.ts';
import { addNotice, guarded, type StudioContext } from '../context.ts';
import { readIn } from '../readIn.ts';
import type { Sample } from '../studioState.ts';
import { readTypedPart } from './partFields.ts';
import { recallTimes } from './recallTimes.ts';
import { watchExemplars } from './recipeExemplars.ts';
import { makeRoom } from './room.ts';
import { joinTabs } from './tabs.ts';
import { readThresholds } from './thresholds.ts';

/** `onStored` is called once what was stored is there; the model may take longer. */
export async function boot(context: StudioContext, onStored: () => void = () => {}): Promise<void> {
  const before = context.store.getState();
  const stored = joinTabs(context)
    .then(() => loadStored(context, before))
    .then(onStored);
  await Promise.all([stored, loadSamples(context), startChosen(context)]);
  context.host.whenIdle(() => void makeRoom(context));
}

/** Reads what is stored; what was done on the page since `before`, while it was read, stays. */
export async function loadStored(context: StudioContext, before = context.store.getState()): Promise<void> {
  const { store, storage } = context;
  await guarded(context, 'What was stored before', async () => {
    if (!store.getState().isReadOnly) await markCutOff(context);
    const [history, categories, exemplars, queue, decisions, corrections, recipes, typedPart, category, mode] =
      await Promise.all([
        storage.listRuns(),
        storage.listCategories(),
        storage.listExemplars(),
        storage.listQueue(),
        storage.listDecisions(),
        storage.listCorrections(),
        storage.listRecipes(),
        readTypedPart(context),
        storage.readSetting('category'),
        storage.readSetting('mode'),
      ]);
    const names = [...categories.map(({ name }) => name), ...history.map((run) => run.category)];
    const thresholds = await readThresholds(storage, names);
    const said = { decisions, corrections, thresholds, typedPart, category, mode };
    const read = { history, categories, exemplars, queue, recipes, ...said };
    store.setState((now) => readIn(before, now, read, context.unsaved));
    if (!store.getState().isReadOnly) await watchExemplars(context);
  });
}

/** A run that was begun and that no open tab is working on was cut off: it is kept as interrupted. */
async function markCutOff({ storage, host }: StudioContext): Promise<void> {
  const unfinished = (await storage.listRuns()).filter((run) => run.status === 'running');
  // Asked after the list was read: what another tab begins meanwhile is not in it.
  const live = await host.liveRuns();
  for (const { id } of unfinished.filter((run) => !live?.has(run.id))) {
    const found = await storage.loadRun(id);
    // Another tab may have come to its end meanwhile.
    if (found?.run.status !== 'running') continue;
    await storage.putRun({ ...found.run, status: 'interrupted', summary: 'Interrupted' }, found.stored);
  }
}

async function loadSamples(context: StudioContext): Promise<void> {
  const { store, host } = context;
  const response = await host.fetch(new URL('samples/samples.json', host.base).href).catch(() => null);
  // No samples beside the page: the page works without them.
  if (!response?.ok || (response.headers.get('content-type') ?? '').startsWith('text/html')) return;
  await guarded(context, 'The samples', async () => {
    const listed: unknown = await response.json().catch(() => null);
    if (!Array.isArray(listed))
      throw new UserError({
        code: 'samples-unreadable',
        subject: 'The samples',
        reason: 'samples/samples.json on the server of this page is damaged or was cut off.',
        remedy: 'Inspect an image of your own, or reload the page.',
      });
    store.setState({ samples: listed as readonly Sample[] });
  });
}

async function startChosen(context: StudioContext): Promise<void> {
  const chosen = await guarded(context, 'Settings', () => context.storage.readSetting('model'));
  if (typeof chosen === 'string') {
    context.store.setState(({ models }) => ({ models: { ...models, chosen } }));
  }
  await startEngine(context);
}

/**
 * Loads the model chosen for inspections. When a stored one cannot be loaded the shipped one takes its place, and a
 * notice says so.
 */
export async function startEngine(context: StudioContext): Promise<void> {
  const { store } = context;
  const { chosen } = store.getState().models;
  if (chosen === null) return startWith(context, null);
  await startWith(context, chosen);
  const { engine } = store.getState();
  if (engine.state !== 'failed' || store.getState().models.chosen !== chosen) return;
  addNotice(context, { ...engine.problem, remedy: `${engine.problem.remedy} The shipped model inspects meanwhile.` });
  await startWith(context, null);
}

/** The start that counts: what an earlier one still has to say concerns a model that is on its way out. */
const newestStart = new WeakMap<StudioContext, symbol>();

async function startWith(context: StudioContext, modelId: string | null): Promise<void> {
  const { store, engine, host } = context;
  const mine = Symbol('start');
  newestStart.set(context, mine);
  const isNewest = () => newestStart.get(context) === mine;
  store.setState({ engine: { state: 'loading', phase: { step: 'starting', bytes: null, share: null } } });
  try {
    const info = await engine.start(modelId, (phase) => {
      if (isNewest() && store.getState().engine.state === 'loading')
        store.setState({ engine: { state: 'loading', phase } });
    });
    if (!isNewest()) return;
    store.setState({ engine: { state: 'ready', info, speed: null } });
    host.whenIdle(() => void foretell(context));
  } catch (error) {
    if (isNewest()) store.setState({ engine: { state: 'failed', problem: problemOf(error, 'The model') } });
  }
}

/** What an inspection will take is told when it is known; nothing waits for it. */
async function foretell(context: StudioContext): Promise<void> {
  const { store, engine } = context;
  const { engine: asked } = store.getState();
  const speed = await guarded(context, 'Measuring the speed of the model', () => engine.measure());
  const { engine: now } = store.getState();
  if (now === asked && now.state === 'ready') store.setState({ engine: { ...now, speed } });
  await guarded(context, 'Earlier inspections', () => recallTimes(context));
}

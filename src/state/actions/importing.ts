/** Imports a folder: looks at it first, takes what was chosen, tells what came of it, and undoes it. */
import type { ImportPlan } from '@agentiad/core/layouts/importPlan.ts';
import { planImport } from '@agentiad/core/layouts/planImport.ts';
import type { LookedAt } from '../../runtime/intakeMessages.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';
import { addNotice, guarded, type StudioContext } from '../context.ts';
import {
  examine,
  targetKey,
  type Findings,
  type ImportChoices,
  type ImportResult,
  type ImportState,
  type ImportTarget,
  type Refusal,
} from '../importState.ts';
import { keyed } from '../keyed.ts';
import { saveCategory } from './library.ts';
import { chooseCategory } from './settings.ts';
import { recipesOf } from '../recipes.ts';
import { takeMany, type WantedFile } from './takeMany.ts';
import { noteLabels } from './writeValidation.ts';

export interface FolderFile {
  /** Inside what was dropped or picked, forward slashes. */
  readonly path: string;
  readonly file: File;
}

const byName = new Intl.Collator(undefined, { numeric: true });

/** How often progress is shown. */
const SHOWN_MS = 120;

interface Running {
  /** What was dropped or picked. */
  readonly name: string;
  readonly files: ReadonlyMap<string, File>;
  readonly signal: { aborted: boolean };
}

/** The import that is on the page of a studio: its files, and what ends it. */
const running = new WeakMap<StudioContext, Running>();

/** Looks at the files; nothing is taken before `takeImport`. `category`: the kind of part that is shown. */
export async function beginImport(
  context: StudioContext,
  category: string | null,
  folder: readonly FolderFile[],
  wish: Partial<Pick<ImportChoices, 'takesLabelled'>> = {},
): Promise<void> {
  const { importing } = context.store.getState();
  const subject = nameOf(folder);
  // One at a time: what is being taken is not left without its page.
  if (importing?.stage === 'taking') return addNotice(context, { code: 'import-busy', subject, ...BUSY });
  if (importing?.stage === 'looking' || importing?.stage === 'ready')
    addNotice(context, { code: 'import-replaced', subject: running.get(context)?.name ?? subject, ...REPLACED });
  cancelImport(context);
  // By name, as folders are shown: where they come from, files have no order.
  const inOrder = folder.toSorted((a, b) => byName.compare(a.path, b.path));
  const files = new Map(inOrder.map(({ path, file }) => [path, file]));
  const mine: Running = { name: subject, files, signal: { aborted: false } };
  running.set(context, mine);
  show(context, { stage: 'looking', done: 0, total: null });
  try {
    const plan = await planImport([...files.keys()], (path) => files.get(path)!.text());
    const paths = plan.groups.flatMap((group) => (group.role === 'skipped' ? [] : group.paths));
    const looks = await lookAt(context, mine, paths);
    if (mine.signal.aborted) return;
    const choices = { ...firstChoices(context, plan, category), ...wish };
    await readLabelled(context, choices);
    if (!mine.signal.aborted) show(context, { stage: 'ready', plan, looks, choices });
  } catch (error) {
    if (!mine.signal.aborted) show(context, { stage: 'failed', problem: problemOf(error, 'The folder') });
  }
}

const BUSY = {
  reason: 'Another import is running, so nothing of this was looked at.',
  remedy: 'Wait until it is done, or stop it, then add this again.',
};
const REPLACED = {
  reason: 'Something else was added before it was imported; nothing of it was taken.',
  remedy: 'Add it again once the other import is done.',
};

/** The folder's name, or that of the only file. */
function nameOf(folder: readonly FolderFile[]): string {
  const [first] = folder;
  if (!first) return 'The folder';
  const [top, ...inside] = first.path.split('/');
  return inside.length > 0 || folder.length === 1 ? top! : `${folder.length} files`;
}

async function lookAt(context: StudioContext, { files, signal }: Running, paths: readonly string[]) {
  const looks = new Map<string, LookedAt | Problem>();
  const tell = throttled(context, (done) => ({ stage: 'looking', done, total: paths.length }));
  let next = 0;
  const lane = async () => {
    while (next < paths.length && !signal.aborted) {
      const path = paths[next++]!;
      looks.set(path, await context.intake.look(files.get(path)!).catch((error: unknown) => problemOf(error, path)));
      tell(looks.size);
    }
  };
  await Promise.all(Array.from({ length: Math.min(context.intake.lanes, paths.length) }, lane));
  return looks;
}

/** One kind in the folder goes to the kind that is shown, if that has none yet; several keep their names. */
function firstChoices({ store }: StudioContext, plan: ImportPlan, category: string | null): ImportChoices {
  const { categories, exemplars } = store.getState();
  const names = [
    ...new Set(plan.groups.flatMap((group) => (group.role === 'skipped' ? [] : [targetKey(group.category)]))),
  ];
  const known = new Map(categories.map(({ name }) => [name.toLocaleLowerCase(), name]));
  const isShownEmpty = category !== null && !exemplars.some((exemplar) => exemplar.category === category);
  const target = (name: string): ImportTarget => {
    const same = known.get(name.toLocaleLowerCase());
    const toShown = category !== null && (name === '' || (names.length === 1 && (isShownEmpty || same === undefined)));
    return { takes: true, category: same ?? (toShown ? category : name === '' ? 'Part' : name) };
  };
  return {
    targets: Object.fromEntries(names.map((name) => [name, target(name)])),
    takesLabelled: false,
    takesOutliers: true,
  };
}

/** Labelled images that there are, by kind of part: an image is never both a good part and labelled. */
const labelledHere = new WeakMap<StudioContext, { category: string; name: string; sha256: string }[]>();

async function readLabelled(context: StudioContext, { targets }: ImportChoices): Promise<void> {
  const kinds = new Set(Object.values(targets).map(({ category }) => category));
  const lists = await Promise.all([...kinds].map((kind) => context.storage.listLabelled(kind)));
  labelledHere.set(context, lists.flat());
}

export async function chooseForImport(context: StudioContext, choices: ImportChoices): Promise<void> {
  await guarded(context, 'The labelled images', () => readLabelled(context, choices));
  const { importing } = context.store.getState();
  if (importing?.stage === 'ready') show(context, { ...importing, choices });
}

/** What the look found, for the choices made. */
export function findingsOf(context: StudioContext, ready: Extract<ImportState, { stage: 'ready' }>): Findings {
  const { exemplars } = context.store.getState();
  return examine({ ...ready, exemplars, labelled: labelledHere.get(context) ?? [] });
}

/** The files that would be taken now, good parts before labelled images. */
export function takenPaths(
  { plan, choices }: Pick<Extract<ImportState, { stage: 'ready' }>, 'plan' | 'choices'>,
  { refused, outliers }: Findings,
): { readonly path: string; readonly category: string; readonly truth: WantedFile['truth'] }[] {
  return plan.groups.flatMap((group) => {
    if (group.role === 'skipped' || (group.role === 'labelled' && !choices.takesLabelled)) return [];
    const target = choices.targets[targetKey(group.category)];
    if (!target?.takes) return [];
    const truth = group.role === 'labelled' ? { truth: group.truth, type: group.type } : null;
    return group.paths
      .filter((path) => !refused.has(path) && (truth !== null || choices.takesOutliers || !outliers.has(path)))
      .map((path) => ({ path, category: target.category, truth }));
  });
}

/** Takes what was chosen; ends with the page of what came of it. */
export async function takeImport(context: StudioContext): Promise<void> {
  const { store, host } = context;
  const { importing, categories } = store.getState();
  const mine = running.get(context);
  if (importing?.stage !== 'ready' || !mine) return;
  const findings = findingsOf(context, importing);
  const chosen = takenPaths(importing, findings);
  const started = host.now().getTime();
  show(context, { stage: 'taking', done: 0, total: chosen.length, isStopping: false });
  const kinds = new Set(chosen.map(({ category }) => category));
  const newKinds = [...kinds].filter((kind) => !categories.some(({ name }) => name === kind));
  for (const kind of kinds) {
    const known = categories.find(({ name }) => name === kind);
    const types = chosen.flatMap(({ category, truth }) => (category === kind && truth?.type ? [truth.type] : []));
    if (!known || known.types.length === 0) await saveCategory(context, { name: kind, types: [...new Set(types)] });
  }
  const [first] = kinds;
  const shown = store.getState().category;
  if (first !== undefined && (shown === null || !kinds.has(shown))) chooseCategory(context, first);
  const byFile = new Map<WantedFile, string>();
  for (const { path, category, truth } of chosen)
    byFile.set({ file: mine.files.get(path)!, category, truth, source: path }, path);
  const tell = throttled(context, (done) => ({
    stage: 'taking',
    done,
    total: chosen.length,
    isStopping: mine.signal.aborted,
  }));
  const taken = await takeMany(context, [...byFile.keys()], { onProgress: tell, signal: mine.signal });
  const refused = new Map<string, Refusal>([...findings.refused]);
  for (const [file, refusal] of taken.refused) refused.set(byFile.get(file)!, refusal);
  const result: ImportResult = {
    added: taken.exemplars,
    labelledIds: taken.labelled.map(({ id }) => id),
    newKinds,
    refused,
    left: taken.left,
    seconds: (host.now().getTime() - started) / 1000,
    isUndone: false,
  };
  if (taken.exemplars.length > 0) void host.keepData();
  show(context, { stage: 'done', result });
  if (taken.labelled.length > 0) await guarded(context, 'The labelled images', () => showLabelled(context, kinds));
}

/** Ends looking, or taking: what was taken stays, and the page says what is missing. */
export function cancelImport(context: StudioContext): void {
  const mine = running.get(context);
  if (mine) mine.signal.aborted = true;
  const { importing } = context.store.getState();
  if (importing?.stage === 'taking') show(context, { ...importing, isStopping: true });
  else context.store.setState({ importing: null });
}

/** Takes back what the import that has ended has added. */
export async function undoImport(context: StudioContext): Promise<void> {
  const { store, storage, host } = context;
  const { importing } = store.getState();
  if (importing?.stage !== 'done' || importing.result.isUndone) return;
  const { added, labelledIds, newKinds } = importing.result;
  const kinds = new Set(Object.keys(store.getState().labelled));
  const ids = new Set(added.map(({ id }) => id));
  store.setState((state) => ({ exemplars: state.exemplars.filter(({ id }) => !ids.has(id)) }));
  await guarded(context, 'The import', async () => {
    await storage.deleteExemplars(added, host.now().toISOString());
    if (labelledIds.length > 0) {
      await storage.deleteLabelled(labelledIds);
      await showLabelled(context, kinds);
      for (const kind of kinds) await noteLabels(context, kind);
    }
    for (const kind of newKinds) {
      // What was added to it since stays, and it with that.
      if (store.getState().exemplars.some(({ category }) => category === kind)) continue;
      if ((await storage.listLabelled(kind)).length > 0) continue;
      if (recipesOf(store.getState(), kind).length > 0) continue;
      store.setState((state) => ({
        categories: state.categories.filter(({ name }) => name !== kind),
        category: state.category === kind ? null : state.category,
      }));
      await storage.deleteCategory(kind);
    }
  });
  show(context, { stage: 'done', result: { ...importing.result, isUndone: true } });
}

/** What there is of labelled images now, where they are shown. */
async function showLabelled({ store, storage }: StudioContext, kinds: ReadonlySet<string>): Promise<void> {
  const lists = await Promise.all([...kinds].map(async (kind) => [kind, await storage.listLabelled(kind)] as const));
  store.setState(({ labelled }) => ({ labelled: keyed([...Object.entries(labelled), ...lists]) }));
}

/** Shows progress, but not more often than can be read. */
function throttled(context: StudioContext, stateAt: (done: number) => ImportState) {
  let shownAt = 0;
  return (done: number) => {
    const now = context.host.now().getTime();
    if (now - shownAt < SHOWN_MS) return;
    shownAt = now;
    show(context, stateAt(done));
  };
}

function show({ store }: StudioContext, importing: ImportState): void {
  store.setState({ importing });
}

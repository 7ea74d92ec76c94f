/** The exemplar library: categories, known-good images, deletion with undo, and the ready-made samples. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { CategoryRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import type { GridState } from '../gridState.ts';
import { exemplarsOf, type Sample, type StudioState } from '../studioState.ts';
import { claimOrTell } from './claim.ts';
import { takeImage } from './images.ts';
import { inspectImage } from './inspect.ts';
import { mayReturn, withReturned } from './mayReturn.ts';
import { problemOfRefusal, tellRefusals } from './refusals.ts';
import { chooseSampleCategory } from './settings.ts';
import { takeMany } from './takeMany.ts';

/** Makes a category, or gives the existing one these types, if any. Returns its name, or null when the name is no good. */
export async function saveCategory(
  context: StudioContext,
  wanted: { readonly name: string; readonly types: readonly string[] },
): Promise<string | null> {
  const name = wanted.name.trim();
  if (name === '') return null;
  const { store, host, storage } = context;
  const known = store.getState().categories.find((category) => category.name === name);
  const types = wanted.types.map((type) => type.trim()).filter((type) => type !== '');
  const category: CategoryRecord = {
    name,
    types: types.length > 0 ? types : (known?.types ?? []),
    created: known?.created ?? host.now().toISOString(),
    recipeId: known?.recipeId ?? null,
  };
  store.setState((state) => ({
    categories: [...state.categories.filter((other) => other.name !== name), category].sort((a, b) =>
      a.name.localeCompare(b.name),
    ),
  }));
  await guarded(context, name, () => storage.putCategory(category));
  return name;
}

/** Adds known-good images; what is not taken is told with the cause. Returns how many were added. */
export async function addExemplars(context: StudioContext, category: string, files: readonly File[]): Promise<number> {
  const { store, host } = context;
  store.setState(({ reading }) => ({ reading: reading + files.length }));
  try {
    const wanted = files.map((file) => ({ file, category, source: null, truth: null }));
    const { exemplars, refused } = await takeMany(context, wanted);
    tellRefusals(
      context,
      [...refused].map(([{ file }, refusal]) => problemOfRefusal(refusal, file.name, category)),
    );
    if (exemplars.length > 0) void host.keepData();
    return exemplars.length;
  } finally {
    store.setState(({ reading }) => ({ reading: reading - files.length }));
  }
}

/** Removes good parts; `undoDeletion` brings them back as long as it is offered. */
export async function deleteExemplars(context: StudioContext, ids: readonly string[]): Promise<void> {
  const { store, host, storage } = context;
  const wanted = new Set(ids);
  const gone = store.getState().exemplars.filter(({ id }) => wanted.has(id));
  if (gone.length === 0) return;
  store.setState((state) => ({
    exemplars: state.exemplars.filter(({ id }) => !wanted.has(id)),
    undo: { exemplars: [...(state.undo?.exemplars ?? []), ...gone] },
    grid: withoutTiles(state, wanted),
  }));
  const at = host.now().toISOString();
  await guarded(context, gone[0]!.name, () => storage.deleteExemplars(gone, at));
}

/** The grid when these are gone: nothing is picked, and the keys go on from the next tile. */
function withoutTiles({ grid, exemplars, category }: StudioState, gone: ReadonlySet<string>): GridState {
  const tiles = exemplarsOf({ exemplars }, category);
  const at = tiles.findIndex(({ id }) => gone.has(id));
  const stays = tiles.filter(({ id }) => !gone.has(id));
  const next = stays[Math.min(Math.max(at, 0), stays.length - 1)]?.id ?? null;
  const selected = new Set([...grid.selected].filter((id) => !gone.has(id)));
  if (grid.focused === null || !gone.has(grid.focused)) return { ...grid, selected };
  return { ...grid, selected, anchor: next, focused: next, moves: grid.moves + 1 };
}

export async function undoDeletion(context: StudioContext): Promise<void> {
  const { store, storage } = context;
  const { undo } = store.getState();
  if (!undo) return;
  store.setState({ undo: null });
  const back = await mayReturn(context, undo.exemplars);
  if (back.length === 0) return;
  store.setState(({ exemplars }) => ({ exemplars: withReturned(exemplars, back) }));
  await guarded(context, back[0]!.name, () => storage.putExemplars(back));
}

/** Takes a sample's good parts into the library under its category, then inspects its part. */
export async function trySample(context: StudioContext, sample: Sample): Promise<void> {
  const claim = claimOrTell(context);
  if (!claim) return;
  try {
    const { store } = context;
    const category = sampleCategory(store.getState(), sample);
    await saveCategory(context, { name: category, types: sample.types });
    chooseSampleCategory(context, category);
    const part = await guarded(context, sample.title, async () => {
      const known = new Set(exemplarsOf(store.getState(), category).map((exemplar) => exemplar.name));
      const missing = sample.exemplars.filter((path) => !known.has(fileName(path)));
      await addExemplars(context, category, await Promise.all(missing.map((path) => sampleFile(context, path))));
      return takeImage(context, await sampleFile(context, sample.part));
    });
    if (part) await inspectImage(context, claim, part, category);
  } finally {
    claim.release();
  }
}

/** The sample's own category name, which the model is told; another one when the user has a category of that name. */
function sampleCategory(state: Pick<StudioState, 'categories' | 'exemplars'>, sample: Sample): string {
  const known = state.categories.find((category) => category.name === sample.category);
  const files = sample.exemplars.map(fileName);
  const isSample =
    !known ||
    (known.types.join('\n') === sample.types.join('\n') &&
      exemplarsOf(state, known.name).every((exemplar) => files.includes(exemplar.name)));
  return isSample ? sample.category : `Sample: ${sample.category}`;
}

async function sampleFile({ host }: StudioContext, path: string): Promise<File> {
  const response = await host.fetch(new URL(`samples/${path}`, host.base).href);
  if (!response.ok)
    throw new UserError({
      code: 'sample-missing',
      subject: path,
      reason: 'is not on the server of this page.',
      remedy: 'Try another sample, or your own image.',
    });
  return new File([await response.arrayBuffer()], fileName(path));
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

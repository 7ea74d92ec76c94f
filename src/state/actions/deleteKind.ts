/** Deletes a kind of part with all that belongs to it, as one change that can be undone; its inspections stay readable. */
import { addNotice, guarded, type StudioContext } from '../context.ts';
import { omit, withKey } from '../keyed.ts';
import { recipesOf } from '../recipes.ts';
import type { Change, DeletedKind } from '../change.ts';
import { exemplarsOf } from '../studioState.ts';
import { thresholdsKey } from '../thresholds.ts';
import { keepWaiting } from './keepRecipe.ts';
import { mayReturn, withReturned } from './mayReturn.ts';
import { exemplarsSettled, withListsAsTheyAre } from './recipeExemplars.ts';
import { putThresholds } from './thresholds.ts';

type KindChange = Extract<Change, { kind: 'kind' }>;

/** Refused while images of it may be coming in, or it is being validated. */
export async function deleteCategory(context: StudioContext, name: string): Promise<void> {
  const { store } = context;
  const { importing, reading, validating } = store.getState();
  if (importing?.stage === 'taking' || reading > 0 || validating?.category === name)
    return addNotice(context, { code: 'kind-busy', subject: name, ...BUSY });
  const deleted = await takeAway(context, name);
  if (!deleted) return;
  store.setState(({ changes }) => ({
    // Good parts removed before it can be put back only where their kind is.
    undo: null,
    deletedKind: name,
    changes: { done: [...changes.done, { kind: 'kind', deleted }], undone: [] },
  }));
}

const BUSY = {
  reason: 'Images are being taken in, or its recipe is being validated.',
  remedy: 'Wait until that is done or stop it, then delete the kind of part.',
};

/** Takes back the deletion of a kind of part that is still offered to be undone. */
export async function undoKindDeletion(context: StudioContext): Promise<void> {
  const { store } = context;
  const { deletedKind, changes } = store.getState();
  store.setState({ deletedKind: null });
  const change = changes.done.findLast(
    (made): made is KindChange => made.kind === 'kind' && made.deleted.category.name === deletedKind,
  );
  if (!change) return;
  store.setState({
    changes: { done: changes.done.filter((made) => made !== change), undone: [...changes.undone, change] },
  });
  await bringBack(context, change.deleted);
}

/** Brings a deleted kind back, or deletes it again with what came to it since. */
export async function applyKindDeletion(
  context: StudioContext,
  change: KindChange,
  side: 'before' | 'after',
): Promise<void> {
  const { store } = context;
  store.setState({ deletedKind: null });
  if (side === 'before') return bringBack(context, change.deleted);
  const deleted = await takeAway(context, change.deleted.category.name);
  if (!deleted) return;
  store.setState(({ changes }) => ({
    changes: { ...changes, done: changes.done.map((made) => (made === change ? { kind: 'kind', deleted } : made)) },
  }));
}

/** All there was of it; null when there is none of that name, or storage would not let it go. */
async function takeAway(context: StudioContext, name: string): Promise<DeletedKind | null> {
  const { store, storage, host } = context;
  await keepWaiting(context);
  await exemplarsSettled(context);
  const state = store.getState();
  const category = state.categories.find((known) => known.name === name);
  if (!category) return null;
  const labelled = await guarded(context, name, async () => {
    const stored = await storage.listLabelled(name);
    await storage.deleteCategory(name, host.now().toISOString());
    return stored;
  });
  if (!labelled) return null;
  const deleted: DeletedKind = {
    category,
    exemplars: exemplarsOf(state, name),
    labelled,
    recipes: recipesOf(state, name),
    thresholds: state.thresholds[thresholdsKey(name)] ?? null,
    wasChosen: state.category === name,
  };
  store.setState((now) => ({
    categories: now.categories.filter((known) => known.name !== name),
    exemplars: now.exemplars.filter((exemplar) => exemplar.category !== name),
    recipes: now.recipes.filter((recipe) => recipe.category !== name),
    labelled: omit(now.labelled, name),
    validations: omit(now.validations, name),
    health: omit(now.health, name),
    category: now.category === name ? null : now.category,
  }));
  // A new kind of this name begins as any other.
  await putThresholds(context, name, null);
  return deleted;
}

/** Where a kind of its name was made meanwhile, all that is new here joins it. */
async function bringBack(context: StudioContext, deleted: DeletedKind): Promise<void> {
  const { store, storage } = context;
  const { name } = deleted.category;
  const here = store.getState().categories.find((known) => known.name === name);
  const category = {
    ...deleted.category,
    ...(here && here.types.length > 0 && { types: here.types }),
    recipeId: here?.recipeId ?? deleted.category.recipeId,
  };
  store.setState((now) => ({
    categories: [...now.categories.filter((known) => known.name !== name), category].sort((a, b) =>
      a.name.localeCompare(b.name),
    ),
    recipes: [...now.recipes, ...deleted.recipes],
    category: deleted.wasChosen ? (now.category ?? name) : now.category,
  }));
  const [exemplars, labelled] = [
    await mayReturn(context, deleted.exemplars),
    await mayReturn(context, deleted.labelled),
  ];
  await withListsAsTheyAre(context, () => {
    store.setState((now) => ({
      exemplars: withReturned(now.exemplars, exemplars),
      labelled: withKey(now.labelled, name, withReturned(now.labelled[name] ?? [], labelled)),
    }));
    return Promise.resolve();
  });
  await guarded(context, name, async () => {
    await storage.putCategory(category);
    if (exemplars.length > 0) await storage.putExemplars(exemplars);
    if (labelled.length > 0) await storage.putLabelled(labelled);
    for (const recipe of deleted.recipes) await storage.putRecipe(recipe);
  });
  if (deleted.thresholds && !here) await putThresholds(context, name, deleted.thresholds);
}

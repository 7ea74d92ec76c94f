/**
 * Good parts enter the recipe in use when they are added or switched on, and leave it when they are removed or switched
 * off: all that come together make one version of it.
 */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import type { StudioContext } from '../context.ts';
import { recipeFor } from '../recipes.ts';
import { exemplarsOf, type StudioState } from '../studioState.ts';
import { editRecipe } from './recipes.ts';

const GATHER_MS = 400;

interface Watch {
  /** What the recipes were last brought in line with. */
  settled: readonly ExemplarRecord[];
  timer: ReturnType<typeof setTimeout> | undefined;
}

const watches = new WeakMap<StudioContext, Watch>();

/** Call when what was stored is there; again when it was read anew. */
export function watchExemplars(context: StudioContext): void {
  const { store } = context;
  const known = watches.get(context);
  if (known) known.settled = store.getState().exemplars;
  else beginToWatch(context);
  void exemplarsSettled(context);
}

function beginToWatch(context: StudioContext): void {
  const { store } = context;
  const watch: Watch = { settled: store.getState().exemplars, timer: undefined };
  watches.set(context, watch);
  store.subscribe(({ exemplars }, before) => {
    if (exemplars === before.exemplars) return;
    clearTimeout(watch.timer);
    watch.timer = setTimeout(() => void exemplarsSettled(context), GATHER_MS);
  });
}

/** Brings the recipes in line now; an inspection waits for it. */
export async function exemplarsSettled(context: StudioContext): Promise<void> {
  const watch = watches.get(context);
  if (!watch) return;
  clearTimeout(watch.timer);
  const state = context.store.getState();
  const before = watch.settled;
  watch.settled = state.exemplars;
  for (const { name } of state.categories) {
    const listed = listedNow(state, name, before);
    if (listed) await editRecipe(context, name, { exemplarSha256: listed });
  }
}

/** The list that the recipe in use should have; null: the one it has, or there is no recipe. */
function listedNow(
  state: StudioState,
  category: string,
  before: readonly ExemplarRecord[],
): Recipe['exemplarSha256'] | null {
  const recipe = recipeFor(state, category);
  if (!recipe) return null;
  const wasOn = new Set(
    exemplarsOf({ exemplars: before }, category)
      .filter(isOn)
      .map(({ sha256 }) => sha256),
  );
  const on = exemplarsOf(state, category).filter(isOn);
  const isHere = new Set(on.map(({ sha256 }) => sha256));
  // One that came after this version was made, in a page that was closed at once, is not in the list yet.
  const entering = on.filter(({ sha256, added }) => !wasOn.has(sha256) || added > recipe.saved);
  const kept = recipe.exemplarSha256.filter((sha256) => isHere.has(sha256));
  const listed = [...new Set([...kept, ...entering.map(({ sha256 }) => sha256)])];
  const isSame = listed.length === recipe.exemplarSha256.length && kept.length === listed.length;
  return isSame ? null : listed;
}

const isOn = ({ enabled }: ExemplarRecord) => enabled;

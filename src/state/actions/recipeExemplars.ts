/**
 * Good parts enter the recipe in use when they are added or switched on, and leave it when they are removed or switched
 * off: all that come together make one version of it.
 */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { recipeFor } from '../recipes.ts';
import { exemplarsOf, type StudioState } from '../studioState.ts';
import { editRecipe } from './recipes.ts';

const GATHER_MS = 400;

/** When recipes were last brought in line: what came later, in a page that was closed at once, is not in them yet. */
const SETTLED_AT = 'exemplarsSettled';

interface Watch {
  /** What the recipes were last brought in line with. */
  settled: readonly ExemplarRecord[];
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Good parts come that no recipe here is to be changed for. */
  isHeld: boolean;
}

const watches = new WeakMap<StudioContext, Watch>();

/** Call when what was stored is there; again when it was read anew. */
export async function watchExemplars(context: StudioContext): Promise<void> {
  const { store, storage } = context;
  const settledAt = await guarded(context, 'Settings', () => storage.readSetting(SETTLED_AT));
  const { exemplars } = store.getState();
  const settled = typeof settledAt === 'string' ? exemplars.filter(({ added }) => added <= settledAt) : exemplars;
  const known = watches.get(context);
  if (known) known.settled = settled;
  else beginToWatch(context, settled);
  if (typeof settledAt === 'string') await exemplarsSettled(context);
  else await noteSettled(context);
}

function beginToWatch(context: StudioContext, settled: readonly ExemplarRecord[]): void {
  const { store } = context;
  const watch: Watch = { settled, timer: undefined, isHeld: false };
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
  if (!watch || watch.isHeld) return;
  clearTimeout(watch.timer);
  const state = context.store.getState();
  const before = watch.settled;
  if (before === state.exemplars || state.isReadOnly) return;
  watch.settled = state.exemplars;
  for (const { name } of state.categories) {
    const listed = listedNow(state, name, before);
    if (listed) await editRecipe(context, name, { exemplarSha256: listed });
  }
  await noteSettled(context);
}

async function noteSettled(context: StudioContext): Promise<void> {
  const { host, storage } = context;
  await guarded(context, 'Settings', () => storage.writeSetting(SETTLED_AT, host.now().toISOString()));
}

/** Good parts that `work` adds or switches on enter no recipe: it knows itself which one lists them. */
export async function withListsAsTheyAre(context: StudioContext, work: () => Promise<void>): Promise<void> {
  await exemplarsSettled(context);
  const watch = watches.get(context);
  if (!watch) return work();
  watch.isHeld = true;
  try {
    await work();
  } finally {
    watch.isHeld = false;
    watch.settled = context.store.getState().exemplars;
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
  const entering = on.filter(({ sha256 }) => !wasOn.has(sha256));
  const kept = recipe.exemplarSha256.filter((sha256) => isHere.has(sha256));
  const listed = [...new Set([...kept, ...entering.map(({ sha256 }) => sha256)])];
  const isSame = listed.length === recipe.exemplarSha256.length && kept.length === listed.length;
  return isSame ? null : listed;
}

const isOn = ({ enabled }: ExemplarRecord) => enabled;

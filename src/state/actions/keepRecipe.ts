/** Writes recipes in the order they were changed; what is being typed is written after a pause. */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { guarded, type StudioContext } from '../context.ts';

const PAUSE_MS = 600;

interface Keeping {
  /** Ends with the last write that was asked for. */
  written: Promise<unknown>;
  waiting: { readonly recipe: Recipe; readonly timer: ReturnType<typeof setTimeout> } | null;
}

const keepings = new WeakMap<StudioContext, Keeping>();

function keepingOf(context: StudioContext): Keeping {
  const known = keepings.get(context) ?? { written: Promise.resolve(), waiting: null };
  keepings.set(context, known);
  return known;
}

/** Stores this version; a failure becomes a notice. */
export async function keepRecipe(context: StudioContext, recipe: Recipe): Promise<void> {
  const keeping = keepingOf(context);
  await (keeping.written = keeping.written.then(() =>
    guarded(context, recipe.name, () => context.storage.putRecipe(recipe)),
  ));
}

/** Stores this version unless another change of it comes first. */
export function keepSoon(context: StudioContext, recipe: Recipe): void {
  const keeping = keepingOf(context);
  clearTimeout(keeping.waiting?.timer);
  if (keeping.waiting && keeping.waiting.recipe.id !== recipe.id) void keepRecipe(context, keeping.waiting.recipe);
  keeping.waiting = { recipe, timer: setTimeout(() => void keepWaiting(context), PAUSE_MS) };
}

/** The version of `id` that was shown and is not stored yet; null when all is. */
export function waitingRecipe(context: StudioContext, id: string): Recipe | null {
  const { waiting } = keepingOf(context);
  return waiting?.recipe.id === id ? waiting.recipe : null;
}

/** Stores now what waits for a pause in typing. */
export async function keepWaiting(context: StudioContext): Promise<void> {
  const keeping = keepingOf(context);
  const { waiting } = keeping;
  keeping.waiting = null;
  clearTimeout(waiting?.timer);
  if (waiting) await keepRecipe(context, waiting.recipe);
  else await keeping.written;
}

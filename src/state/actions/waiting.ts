/** The list of images that wait for their inspection; it outlives the page. */
import { guarded, type StudioContext } from '../context.ts';
import { recipeFor, referenceTo } from '../recipes.ts';

export async function enqueue(
  context: StudioContext,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  category: string | null,
): Promise<void> {
  const { store, host, storage } = context;
  const inUse = recipeFor(store.getState(), category);
  const recipe = inUse && referenceTo(inUse);
  const item = { id: host.newId(), added: host.now().toISOString(), name, sha256, category, recipe };
  store.setState((state) => ({ queue: [...state.queue, item] }));
  await guarded(context, name, () => storage.putQueued(item));
}

export async function removeQueued(context: StudioContext, id: string): Promise<void> {
  context.store.setState((state) => ({ queue: state.queue.filter((item) => item.id !== id) }));
  await guarded(context, 'The list of waiting images', () => context.storage.deleteQueued(id));
}

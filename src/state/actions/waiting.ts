/** The list of images that wait for their inspection; it outlives the page. */
import type { QueueRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { recipeFor, referenceTo } from '../recipes.ts';

interface Waiting {
  readonly name: string;
  readonly sha256: string;
}

export async function enqueue(context: StudioContext, image: Waiting, category: string | null): Promise<void> {
  const item = itemOf(context, image, category);
  listQueued(context, item);
  await guarded(context, image.name, () => context.storage.putQueued(item));
}

/** Stores an image as waiting without listing it: one that is on the stage, so that a page that is closed keeps it. */
export async function keepPlace(context: StudioContext, image: Waiting, category: string | null): Promise<QueueRecord> {
  const item = itemOf(context, image, category);
  await guarded(context, image.name, () => context.storage.putQueued(item));
  return item;
}

export function listQueued({ store }: StudioContext, item: QueueRecord): void {
  store.setState((state) => ({ queue: [...state.queue, item] }));
}

function itemOf({ store, host }: StudioContext, { name, sha256 }: Waiting, category: string | null): QueueRecord {
  const inUse = recipeFor(store.getState(), category);
  const recipe = inUse && referenceTo(inUse);
  return { id: host.newId(), added: host.now().toISOString(), name, sha256, category, recipe };
}

export async function removeQueued(context: StudioContext, id: string): Promise<void> {
  context.store.setState((state) => ({ queue: state.queue.filter((item) => item.id !== id) }));
  await guarded(context, 'The list of waiting images', () => context.storage.deleteQueued(id));
}

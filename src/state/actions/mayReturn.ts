/** Which removed images may come back: not what came in again meanwhile, nor what belongs to a kind of part that is gone. */
import { addNotice, guarded, type StudioContext } from '../context.ts';

interface Removed {
  readonly id: string;
  readonly category: string;
  readonly sha256: string;
}

/**
 * Those of `images` that nobody added again, as a good part or labelled, each once though it was removed several times; a
 * kind of part that is gone is told.
 */
export async function mayReturn<T extends Removed>(
  context: StudioContext,
  images: readonly T[],
): Promise<readonly T[]> {
  const { categories, exemplars } = context.store.getState();
  const own = new Set(images.map(({ id }) => id));
  const back: T[] = [];
  for (const category of new Set(images.map((image) => image.category))) {
    const wanted = images.filter((image) => image.category === category);
    if (!categories.some(({ name }) => name === category)) {
      addNotice(context, { code: 'category-missing', subject: category, ...KIND_GONE });
      continue;
    }
    const labelled = (await guarded(context, category, () => context.storage.listLabelled(category))) ?? [];
    const here = [...exemplars.filter((exemplar) => exemplar.category === category), ...labelled];
    const taken = new Set(here.flatMap(({ id, sha256 }) => (own.has(id) ? [] : [sha256])));
    const newest = new Map(wanted.map(({ sha256, id }) => [sha256, id]));
    back.push(...wanted.filter(({ sha256, id }) => !taken.has(sha256) && newest.get(sha256) === id));
  }
  return back;
}

/** `there` with what came back, oldest first, none of them twice. */
export function withReturned<T extends Removed & { readonly added: string }>(
  there: readonly T[],
  back: readonly T[],
): readonly T[] {
  const ids = new Set(back.map(({ id }) => id));
  return [...there.filter(({ id }) => !ids.has(id)), ...back].sort((a, b) => a.added.localeCompare(b.added));
}

const KIND_GONE = {
  reason: 'This kind of part was deleted, so what was removed from it cannot come back.',
  remedy: 'Make the kind of part again and add the images.',
};

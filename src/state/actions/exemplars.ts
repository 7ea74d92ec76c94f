/** What is said of good parts: whether they are compared with, tags, a note. Several at once. */
import type { ExemplarRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';

export function setEnabled(context: StudioContext, ids: readonly string[], enabled: boolean): Promise<void> {
  return change(context, ids, (exemplar) => ({ ...exemplar, enabled }));
}

/** Turns them off when any of them is on, else on. */
export function toggleEnabled(context: StudioContext, ids: readonly string[]): Promise<void> {
  const { exemplars } = context.store.getState();
  const isAnyOn = exemplars.some(({ id, enabled }) => enabled && ids.includes(id));
  return setEnabled(context, ids, !isAnyOn);
}

export function addTag(context: StudioContext, ids: readonly string[], tag: string): Promise<void> {
  const added = tag.trim();
  if (added === '') return Promise.resolve();
  return change(context, ids, (exemplar) =>
    exemplar.tags.includes(added) ? exemplar : { ...exemplar, tags: [...exemplar.tags, added] },
  );
}

export function removeTag(context: StudioContext, ids: readonly string[], tag: string): Promise<void> {
  return change(context, ids, (exemplar) =>
    exemplar.tags.includes(tag) ? { ...exemplar, tags: exemplar.tags.filter((other) => other !== tag) } : exemplar,
  );
}

export function setNote(context: StudioContext, id: string, note: string): Promise<void> {
  return change(context, [id], (exemplar) => (exemplar.note === note ? exemplar : { ...exemplar, note }));
}

/** Shows and stores what `edit` makes of them; those it gives back as they are stay as they are. */
async function change(
  context: StudioContext,
  ids: readonly string[],
  edit: (exemplar: ExemplarRecord) => ExemplarRecord,
): Promise<void> {
  const wanted = new Set(ids);
  const changed: ExemplarRecord[] = [];
  const exemplars = context.store.getState().exemplars.map((exemplar) => {
    const edited = wanted.has(exemplar.id) ? edit(exemplar) : exemplar;
    if (edited !== exemplar) changed.push(edited);
    return edited;
  });
  if (changed.length === 0) return;
  context.store.setState({ exemplars });
  await guarded(context, changed[0]!.name, () => context.storage.putExemplars(changed));
}

/** Bytes that nothing refers to any more. What refers to bytes is listed here and nowhere else. */
import type { Database } from './open.ts';

/** A removed good part can be put back for this long. */
export const JOURNAL_DAYS = 30;

/** See `Storage.collectGarbage`. */
export async function collectGarbage(db: Database, before: string, keep: Iterable<string>): Promise<number> {
  const tx = db.transaction(
    ['runs', 'traces', 'exemplars', 'labelled', 'outcomes', 'queue', 'journal', 'assets', 'thumbs'],
    'readwrite',
  );
  const outdated = new Date(Date.parse(before) - JOURNAL_DAYS * 86_400_000).toISOString();
  const past = await tx.objectStore('journal').index('at').getAllKeys(IDBKeyRange.upperBound(outdated));
  await Promise.all(past.map((key) => tx.objectStore('journal').delete(key)));
  const [runs, traces, exemplars, labelled, outcomes, queue, journal, keys] = await Promise.all([
    tx.objectStore('runs').getAll(),
    tx.objectStore('traces').getAll(),
    tx.objectStore('exemplars').getAll(),
    tx.objectStore('labelled').getAll(),
    tx.objectStore('outcomes').getAll(),
    tx.objectStore('queue').getAll(),
    tx.objectStore('journal').getAll(),
    tx.objectStore('assets').index('added').getAllKeys(IDBKeyRange.upperBound(before)),
  ]);
  const needed = new Set<string>([
    ...keep,
    ...runs.map((run) => run.imageSha256),
    ...traces.flatMap(({ assets, trace }) => [
      ...Object.keys(assets),
      ...trace.images.map((image) => image.source.sha256),
      ...(trace.branches ?? []).flatMap(({ images }) => images.map((image) => image.source.sha256)),
    ]),
    ...[...exemplars, ...labelled, ...outcomes, ...queue].map(({ sha256 }) => sha256),
    ...journal.map(({ exemplar }) => exemplar.sha256),
  ]);
  const unused = keys.filter((key) => !needed.has(key));
  await Promise.all([
    ...unused.map((key) => tx.objectStore('assets').delete(key)),
    ...unused.map((key) => tx.objectStore('thumbs').delete(key)),
    tx.done,
  ]);
  return unused.length;
}

/** Bytes that nothing refers to any more. What refers to bytes is listed here and nowhere else. */
import { changeAll, type Database } from './open.ts';

/** A removed good part can be put back for this long. */
export const JOURNAL_DAYS = 30;

const STORES = [
  ...(['runs', 'traces', 'exemplars', 'labelled', 'outcomes', 'queue', 'journal'] as const),
  ...(['assets', 'thumbs'] as const),
];

/** See `Storage.collectGarbage`. */
export async function collectGarbage(db: Database, before: string, keep: Iterable<string>): Promise<number> {
  let dropped = 0;
  const outdated = new Date(Date.parse(before) - JOURNAL_DAYS * 86_400_000).toISOString();
  await changeAll(db, STORES, async (tx) => {
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
    const removed = journal.filter(({ at }) => at > outdated);
    const needed = new Set<string>([
      ...keep,
      ...runs.map((run) => run.imageSha256),
      ...traces.flatMap(({ assets, trace }) => [
        ...Object.keys(assets),
        ...trace.images.map((image) => image.source.sha256),
        ...(trace.branches ?? []).flatMap(({ images }) => images.map((image) => image.source.sha256)),
      ]),
      ...[...exemplars, ...labelled, ...outcomes, ...queue].map(({ sha256 }) => sha256),
      ...removed.map(({ exemplar }) => exemplar.sha256),
    ]);
    const unused = keys.filter((key) => !needed.has(key));
    dropped = unused.length;
    return [
      ...journal
        .filter(({ at }) => at <= outdated)
        .map(
          ({ id }) =>
            () =>
              tx.objectStore('journal').delete(id),
        ),
      ...unused.map((key) => () => tx.objectStore('assets').delete(key)),
      ...unused.map((key) => () => tx.objectStore('thumbs').delete(key)),
    ];
  });
  return dropped;
}

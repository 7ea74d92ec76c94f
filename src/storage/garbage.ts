/** Bytes that nothing refers to any more, and features. What refers to bytes is listed here and nowhere else. */
import { changeAll, type Database, type Writing } from './open.ts';
import type { JournalRecord } from './schema.ts';

/** A removed good part can be put back for this long. */
export const JOURNAL_DAYS = 30;

const STORES = [
  ...(['runs', 'traces', 'exemplars', 'labelled', 'outcomes', 'queue', 'journal'] as const),
  ...(['assets', 'thumbs', 'features'] as const),
];

/** See `Storage.collectGarbage`. */
export async function collectGarbage(db: Database, before: string, keep: Iterable<string>): Promise<number> {
  let dropped = 0;
  const outdated = new Date(Date.parse(before) - JOURNAL_DAYS * 86_400_000).toISOString();
  await changeAll(db, STORES, async (tx) => {
    const [runs, traces, exemplars, labelled, outcomes, queue, journal, keys, featuresOf] = await Promise.all([
      tx.objectStore('runs').getAll(),
      tx.objectStore('traces').getAll(),
      tx.objectStore('exemplars').getAll(),
      tx.objectStore('labelled').getAll(),
      tx.objectStore('outcomes').getAll(),
      tx.objectStore('queue').getAll(),
      tx.objectStore('journal').getAll(),
      tx.objectStore('assets').index('added').getAllKeys(IDBKeyRange.upperBound(before)),
      hashesOf(tx),
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
      ...removed.map(shaOfRemoved),
    ]);
    // Only good parts have features; one that can come back keeps them.
    const seen = new Set([...keep, ...exemplars.map(({ sha256 }) => sha256), ...removed.map(shaOfRemoved)]);
    const unseen = await Promise.all(
      featuresOf.filter((sha256) => !seen.has(sha256)).map((sha256) => keysOfFeatures(tx, sha256)),
    );
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
      ...unseen.flat().map((key) => () => tx.objectStore('features').delete(key)),
    ];
  });
  return dropped;
}

const shaOfRemoved = ({ exemplar }: JournalRecord) => exemplar.sha256;

/** Which images there are features of; the features themselves, which are large, are not read. */
async function hashesOf(tx: Writing): Promise<string[]> {
  const hashes: string[] = [];
  const index = tx.objectStore('features').index('sha256');
  for (let at = await index.openKeyCursor(null, 'nextunique'); at; at = await at.continue()) hashes.push(at.key);
  return hashes;
}

function keysOfFeatures(tx: Writing, sha256: string): Promise<string[]> {
  return tx.objectStore('features').index('sha256').getAllKeys(sha256);
}

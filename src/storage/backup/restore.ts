/** What restoring a backup would do, found out without changing anything, and then done. */
import type { Storage } from '../storage.ts';
import type { AssetRecord, BytesRecord } from '../schema.ts';
import { RECORD_STORES, type AnyRecord, type Records, type RecordStore } from '../whole.ts';
import { sha256OfBytes } from './digest.ts';
import { createBreather, OWN_SETTINGS, refusal, type AssetLine, type ThumbLine, type Work } from './format.ts';
import type { Backup } from './readBackup.ts';
import { faultOf } from './shapes.ts';

export interface CheckRow {
  readonly store: RecordStore | 'assets' | 'thumbs';
  readonly fresh: number;
  readonly same: number;
  readonly conflicting: number;
  readonly rejected: number;
}

export interface BackupCheck {
  readonly name: string;
  readonly created: string;
  readonly isOlder: boolean;
  /** Stores of which the backup has anything. */
  readonly rows: readonly CheckRow[];
  readonly rejected: readonly { readonly store: RecordStore; readonly key: string; readonly reason: string }[];
  /** Entries of the backup whose bytes are known to be what they are filed under. */
  readonly verified: ReadonlySet<string>;
}

type Target = Pick<Storage, 'readRecords' | 'listBytes' | 'putBytes' | 'putRecords' | 'keepingAll'>;
type BytesHere = Awaited<ReturnType<Target['listBytes']>>;

const assetEntry = ({ sha256 }: Pick<AssetLine, 'sha256'>) => `assets/${sha256}`;
const thumbEntry = ({ sha256 }: Pick<ThumbLine, 'sha256'>) => `thumbs/${sha256}`;

/** Which version of the records a backup has is told by `latest`. Every new file is read and its hash checked. */
export async function checkBackup(storage: Target, backup: Backup, latest: number, work: Work): Promise<BackupCheck> {
  const breathe = createBreather(work);
  const bytesHere = await storage.listBytes();
  const plan = planBytes(backup, bytesHere);
  const all = plan.assets.length + plan.thumbs.length;
  let done = 0;
  const verify = async (entry: string, digest: string) => {
    await readVerified(backup, entry, digest);
    work.onProgress({ done: ++done, total: all });
    await breathe();
  };
  for (const line of plan.assets) await verify(assetEntry(line), line.sha256);
  for (const line of plan.thumbs) await verify(thumbEntry(line), line.digest);

  const { rows, rejected } = await sortRecords(backup, await storage.readRecords(), bytesHere, breathe);
  const { name, manifest } = backup;
  if (backup.assets.length > 0) rows.push(bytesRow('assets', backup.assets, plan.assets));
  if (backup.thumbs.length > 0) rows.push(bytesRow('thumbs', backup.thumbs, plan.thumbs));
  const verified = new Set([...plan.assets.map(assetEntry), ...plan.thumbs.map(thumbEntry)]);
  return { name, created: manifest.created, isOlder: manifest.version < latest, rows, rejected, verified };
}

interface Sorted {
  readonly fresh: readonly AnyRecord[];
  readonly conflicting: readonly AnyRecord[];
  readonly rejected: BackupCheck['rejected'];
  readonly rows: CheckRow[];
}

/** Which records of the backup are new to what is here, which differ from it, and which cannot be used. */
async function sortRecords(
  backup: Backup,
  here: Records,
  bytesHere: BytesHere,
  breathe: () => Promise<void>,
): Promise<Sorted> {
  const files = new Set([...bytesHere.assets, ...backup.assets.map(({ sha256 }) => sha256)]);
  const traces = backup.records.traces.filter((record) => faultOf('traces', record) === null);
  const stepsOf = new Set([...here.traces, ...traces].map(({ runId }) => runId));
  const rejected: BackupCheck['rejected'][number][] = [];
  const fresh: AnyRecord[] = [];
  const conflicting: AnyRecord[] = [];
  const rows: CheckRow[] = [];
  const known = new Map<RecordStore, Map<string, object>>();
  for (const store of RECORD_STORES) {
    const mine = new Map(here[store].map((record) => [keyOf(store, record), record as object]));
    known.set(store, mine);
    const row = { store, fresh: 0, same: 0, conflicting: 0, rejected: 0 };
    for (const record of backup.records[store]) {
      await breathe();
      const reason = faultOf(store, record) ?? missingOf(store, record, { files, stepsOf, known });
      const key = reason === null ? keyOf(store, record) : '';
      const other = mine.get(key);
      if (reason !== null) {
        row.rejected += 1;
        rejected.push({ store, key: nameOf(record), reason });
      } else if (!other) {
        row.fresh += 1;
        fresh.push({ store, record });
        mine.set(key, record);
      } else if (canonical(other) === canonical(record)) row.same += 1;
      else {
        row.conflicting += 1;
        conflicting.push({ store, record });
      }
    }
    if (backup.records[store].length > 0) rows.push(row);
  }
  return { fresh, conflicting, rejected, rows };
}

/** Bytes in one transaction: they are copied on the page's own thread. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Stores what is new here, and what differs where `takeTheirs`: first the files, then all records, in one transaction.
 * Nothing is collected meanwhile, and what is here is looked at again: since the check files may have gone that the
 * backup's records need. Stopped or failed it leaves nothing that is seen; doing it again goes on where it was.
 */
export function restoreBackup(
  storage: Target,
  backup: Backup,
  check: BackupCheck,
  takeTheirs: boolean,
  work: Work,
): Promise<number> {
  return storage.keepingAll(async () => {
    const bytesHere = await storage.listBytes();
    const plan = planBytes(backup, bytesHere);
    const total = plan.assets.length + plan.thumbs.length + 1;
    await restoreBytes(storage, backup, { ...plan, verified: check.verified, total }, work);
    const breathe = createBreather(work);
    const { fresh, conflicting } = await sortRecords(backup, await storage.readRecords(), bytesHere, breathe);
    const records = [...fresh, ...(takeTheirs ? conflicting : [])];
    await storage.putRecords(records);
    work.onProgress({ done: total, total });
    return records.length;
  });
}

async function restoreBytes(
  storage: Target,
  backup: Backup,
  plan: ReturnType<typeof planBytes> & { readonly verified: ReadonlySet<string>; readonly total: number },
  work: Work,
): Promise<void> {
  const breathe = createBreather(work);
  let done = 0;
  let assets: AssetRecord[] = [];
  let thumbs: BytesRecord[] = [];
  let size = 0;
  const read = async (entry: string, digest: string) =>
    plan.verified.has(entry) ? await backup.entries.read(entry) : await readVerified(backup, entry, digest);
  const flush = async () => {
    await storage.putBytes(assets, thumbs);
    [assets, thumbs, size] = [[], [], 0];
    await breathe();
  };
  const step = async (bytes: number) => {
    size += bytes;
    work.onProgress({ done: ++done, total: plan.total });
    if (size >= BATCH_BYTES) await flush();
    else await breathe();
  };
  for (const line of plan.assets) {
    const { size: length, ...about } = line;
    assets.push({ ...about, bytes: (await read(assetEntry(line), line.sha256)).buffer });
    await step(length);
  }
  for (const line of plan.thumbs) {
    const { sha256, mime, size: length, digest } = line;
    thumbs.push({ sha256, mime, bytes: (await read(thumbEntry(line), digest)).buffer });
    await step(length);
  }
  await flush();
}

async function readVerified(backup: Backup, entry: string, digest: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await backup.entries.read(entry);
  if ((await sha256OfBytes(bytes.buffer)) !== digest)
    throw refusal('backup-damaged', backup.name, `${entry} has not the content that it is filed under.`);
  return bytes;
}

function planBytes({ assets, thumbs }: Backup, here: BytesHere) {
  const [haveAssets, haveThumbs] = [new Set(here.assets), new Set(here.thumbs)];
  return {
    assets: assets.filter(({ sha256 }) => !haveAssets.has(sha256)),
    thumbs: thumbs.filter(({ sha256 }) => !haveThumbs.has(sha256)),
  };
}

function bytesRow(store: 'assets' | 'thumbs', all: readonly object[], fresh: readonly object[]): CheckRow {
  return { store, fresh: fresh.length, same: all.length - fresh.length, conflicting: 0, rejected: 0 };
}

/** What is here already or comes with the backup. */
interface There {
  readonly files: ReadonlySet<string>;
  /** Runs of which there is a trace. */
  readonly stepsOf: ReadonlySet<string>;
  readonly known: ReadonlyMap<RecordStore, ReadonlyMap<string, object>>;
}

/** Why a record that is well formed cannot be used: what it speaks of is neither in the backup nor here. */
function missingOf<S extends RecordStore>(
  store: S,
  record: Records[S][number],
  { files, stepsOf, known }: There,
): string | null {
  if ('key' in record && OWN_SETTINGS.includes(record.key)) return 'it tells of another browser only';
  if (['exemplars', 'labelled', 'queue'].includes(store) && 'sha256' in record && !files.has(record.sha256))
    return 'its image file is not in the backup';
  if (store === 'runs' && 'id' in record && !stepsOf.has(record.id)) return 'its steps are not in the backup';
  const has = (other: RecordStore, key: string) => known.get(other)?.has(JSON.stringify([key])) ?? false;
  // A failed inspection of a validation has no trace to keep.
  const isFailed = 'validationId' in record && record.score === null;
  if (
    ['traces', 'decisions', 'corrections', 'outcomes'].includes(store) &&
    'runId' in record &&
    !isFailed &&
    !has('runs', record.runId)
  )
    return 'its inspection is not in the backup';
  if ('validationId' in record && !has('validations', record.validationId))
    return 'its validation is not in the backup';
  return null;
}

/** The key of a record in its store, as text. */
function keyOf(store: RecordStore, record: object): string {
  const keys: { readonly [S in RecordStore]: readonly string[] } = {
    ...{ settings: ['key'], categories: ['name'], recipes: ['id'], recipeVersions: ['id', 'version'] },
    ...{ exemplars: ['id'], labelled: ['id'], journal: ['id'], runs: ['id'], traces: ['runId'] },
    ...{ decisions: ['runId'], corrections: ['runId'], validations: ['id'], outcomes: ['validationId', 'sha256'] },
    queue: ['id'],
  };
  return JSON.stringify(keys[store].map((field) => (record as Readonly<Record<string, unknown>>)[field]));
}

function nameOf(record: object): string {
  const { name, id, runId, key } = record as Readonly<Record<string, unknown>>;
  const shown = [name, id, runId, key].find((value) => typeof value === 'string');
  return (shown ?? '?').slice(0, 80);
}

/** The same text for records that are deeply equal, whatever the order of their fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

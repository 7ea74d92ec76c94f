/** Reads a backup: manifest and records, checked and up to date, and what it says of its bytes, which stay in the file. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { MIGRATIONS } from '../migrations.ts';
import { RECORD_STORES, type Records, type RecordStore } from '../whole.ts';
import {
  BACKUP_SCHEMA,
  createBreather,
  refusal,
  type AssetLine,
  type Manifest,
  type ThumbLine,
  type Work,
} from './format.ts';
import { updateRecords } from './updateRecords.ts';
import { openEntries, type BackupEntries } from './zipFile.ts';

export interface Backup {
  readonly name: string;
  readonly manifest: Manifest;
  readonly records: Records;
  readonly assets: readonly AssetLine[];
  readonly thumbs: readonly ThumbLine[];
  readonly entries: BackupEntries;
}

export async function readBackup(file: Blob, name: string, work: Work): Promise<Backup> {
  const breathe = createBreather(work);
  const entries = await openEntries(file, name, work);
  if (!entries.has('manifest.json')) throw refusal('backup-foreign', name, 'it has no manifest of a backup.');
  const manifest = await readManifest(entries, name);
  const lines = async (entry: string) => {
    const found: unknown[] = [];
    if (!entries.has(entry)) return found;
    for (const [index, line] of (await readText(entries, entry, name)).split('\n').entries()) {
      await breathe();
      if (line !== '') found.push(objectOf(line, `line ${index + 1} of ${entry}`, name));
    }
    return found;
  };
  const read: Partial<Record<RecordStore, unknown[]>> = {};
  for (const store of RECORD_STORES) {
    const found = await lines(`records/${store}.jsonl`);
    if (found.length !== (manifest.counts[store] ?? 0))
      throw refusal(
        'backup-damaged',
        name,
        `it has ${found.length} ${store} where its manifest says ${manifest.counts[store] ?? 0}.`,
      );
    read[store] = found;
  }
  const assets = (await lines('assets.jsonl')) as AssetLine[];
  const thumbs = (await lines('thumbs.jsonl')) as ThumbLine[];
  checkBytes(entries, name, 'assets', assets);
  checkBytes(entries, name, 'thumbs', thumbs);
  const records = await updated(read as Partial<Records>, manifest.version, name);
  return { name, manifest, records, assets, thumbs, entries };
}

async function readManifest(entries: BackupEntries, name: string): Promise<Manifest> {
  const manifest = objectOf(await readText(entries, 'manifest.json', name), 'manifest.json', name) as Partial<Manifest>;
  const { schema, version, created, counts } = manifest;
  const family = BACKUP_SCHEMA.replace(/\d+$/, '');
  if (typeof schema !== 'string' || !schema.startsWith(family))
    throw refusal('backup-foreign', name, 'its manifest is not that of a backup.');
  if (schema !== BACKUP_SCHEMA || (typeof version === 'number' && version > MIGRATIONS.length))
    throw refusal('backup-newer', name, 'it was saved by a newer version of the studio.');
  if (!Number.isInteger(version) || (version ?? 0) < 1 || typeof created !== 'string' || !isCounts(counts))
    throw refusal('backup-damaged', name, 'its manifest is incomplete.');
  return manifest as Manifest;
}

function isCounts(counts: unknown): boolean {
  return typeof counts === 'object' && counts !== null && Object.values(counts).every(Number.isSafeInteger);
}

async function readText(entries: BackupEntries, entry: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await entries.read(entry));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refusal('backup-damaged', name, `${entry} is not text.`, error);
  }
}

function objectOf(text: string, what: string, name: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw refusal('backup-damaged', name, `${what} is not JSON.`, error);
  }
  throw refusal('backup-damaged', name, `${what} is not a record.`);
}

/** Every line has its entry and every entry its line, of the same size. */
function checkBytes(
  entries: BackupEntries,
  name: string,
  folder: string,
  lines: readonly (AssetLine | ThumbLine)[],
): void {
  for (const { sha256, size, mime } of lines) {
    const entry = `${folder}/${String(sha256)}`;
    if (!entries.has(entry)) throw refusal('backup-damaged', name, `${entry.slice(0, 80)} is missing.`);
    if (entries.size(entry) !== size || typeof mime !== 'string')
      throw refusal('backup-damaged', name, `${entry} is not what its list says.`);
  }
  const listed = new Set(lines.map(({ sha256 }) => sha256));
  const held = entries.names.filter((entry) => entry.startsWith(`${folder}/`));
  if (listed.size !== lines.length || held.length !== lines.length)
    throw refusal('backup-damaged', name, `${folder}.jsonl does not list what is there.`);
}

async function updated(records: Partial<Records>, version: number, name: string): Promise<Records> {
  try {
    return await updateRecords(records, version);
  } catch (error) {
    throw refusal('backup-damaged', name, `its records cannot be brought up to date (${String(error)}).`, error);
  }
}

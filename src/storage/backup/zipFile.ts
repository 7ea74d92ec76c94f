/**
 * The entries of a backup's zip, named and sized as a backup's may be and no other way: a path, a name twice, an entry
 * that says it is larger than it can be, refuses the whole file before anything of it is unpacked.
 */
import { BlobReader, ZipReader, type Entry, type FileEntry } from '@zip.js/zip.js';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createBreather, isBytesName, isListName, refusal, type Work } from './format.ts';

/** All lists together, unpacked: some 100,000 inspections. */
const LIST_BYTES = 1024 * 1024 * 1024;
/** A list never shrinks more than this. */
const LIST_RATIO = 200;
const MOST_ENTRIES = 500_000;

export interface BackupEntries {
  has(name: string): boolean;
  size(name: string): number;
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  readonly names: readonly string[];
}

export async function openEntries(file: Blob, name: string, work: Work): Promise<BackupEntries> {
  const entries = new Map<string, FileEntry>();
  let listBytes = 0;
  for (const entry of await listEntries(file, name, createBreather(work))) {
    const { filename, uncompressedSize: size, compressedSize } = entry;
    const shown = filename.slice(0, 80);
    if (entries.has(filename)) throw refusal('backup-hostile', name, `it has two entries named ${shown}.`);
    if (entry.directory || entry.encrypted || !(isListName(filename) || isBytesName(filename)))
      throw refusal('backup-foreign', name, `it holds ${shown}, which is no part of a backup.`);
    if (compressedSize > file.size) throw refusal('backup-hostile', name, `${shown} says it is larger than the file.`);
    if (isBytesName(filename)) {
      if (entry.compressionMethod !== 0 || compressedSize !== size)
        throw refusal('backup-hostile', name, `${shown} is packed, as no image of a backup is.`);
    } else {
      listBytes += size;
      if (listBytes > LIST_BYTES || size > 10_000 + compressedSize * LIST_RATIO)
        throw refusal('backup-hostile', name, `${shown} would unpack to more than a backup has.`);
    }
    entries.set(filename, entry);
  }
  const get = (entryName: string) => {
    const entry = entries.get(entryName);
    if (!entry) throw refusal('backup-damaged', name, `${entryName} is missing.`);
    return entry;
  };
  return {
    names: [...entries.keys()],
    has: (entryName) => entries.has(entryName),
    size: (entryName) => get(entryName).uncompressedSize,
    async read(entryName) {
      try {
        return await unpack(get(entryName), name);
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw refusal('backup-damaged', name, `${entryName} cannot be read.`, error);
      }
    },
  };
}

async function listEntries(file: Blob, name: string, breathe: () => Promise<void>): Promise<FileEntry[]> {
  const found: Entry[] = [];
  try {
    const reader = new ZipReader(new BlobReader(file), {
      useWebWorkers: false,
      checkOverlappingEntry: true,
      // Names are checked here, so that a refusal can tell them.
      filenameValidation: 'tolerant',
    });
    for await (const entry of reader.getEntriesGenerator()) {
      found.push(entry);
      await breathe();
      if (found.length > MOST_ENTRIES) break;
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const isZip = new TextDecoder().decode(await file.slice(0, 2).arrayBuffer()) === 'PK';
    throw isZip
      ? refusal('backup-damaged', name, 'it was cut off or changed.', error)
      : refusal('backup-foreign', name, 'it is not a zip file.', error);
  }
  if (found.length > MOST_ENTRIES) throw refusal('backup-hostile', name, 'it has more entries than a backup can have.');
  const files = found.filter((entry): entry is FileEntry => !entry.directory);
  const [folder] = found.filter(({ directory }) => directory);
  if (folder)
    throw refusal('backup-foreign', name, `it holds ${folder.filename.slice(0, 80)}, which is no part of a backup.`);
  return files;
}

/** Unpacks an entry, and not one byte more than it said. */
async function unpack(entry: FileEntry, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  const writable = new WritableStream<Uint8Array>({
    write(piece) {
      if (at + piece.length > bytes.length)
        throw refusal('backup-hostile', name, `${entry.filename} unpacks to more than it says.`);
      bytes.set(piece, at);
      at += piece.length;
    },
  });
  await entry.getData(writable, { checkSignature: true, checkOverlappingEntry: true, useWebWorkers: false });
  if (at !== bytes.length) throw refusal('backup-damaged', name, `${entry.filename} ends early.`);
  return bytes;
}

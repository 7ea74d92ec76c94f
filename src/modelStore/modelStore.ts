/**
 * The models kept on this computer: what there is, adding (resumed where it was cut off), verifying, deleting. A model
 * counts as whole only when its journal names every file of its manifest and the manifest itself, which comes last.
 */
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { lookForCheckpoint, storeCheckpoint } from './checkpointOffer.ts';
import { createFileHasher, type FileHasher } from './checkedFile.ts';
import { checkComplete } from './completeContainer.ts';
import { lookForContainer, storeContainer } from './containerOffer.ts';
import { readText, type DiskFolder, type ModelDisk } from './disk.ts';
import type { FetchJob } from './fetchFiles.ts';
import { journalFile, openJournal, parseJournal, type Journal, type JournalEntry } from './journal.ts';
import { createMeter, type ModelProgress } from './meter.ts';
import {
  readRecord,
  recordOf,
  writeRecord,
  type ModelOffer,
  type ModelRecord,
  type StoredModel,
} from './modelRecord.ts';
import type { ModelSource } from './modelSource.ts';
import { checkRoom, type Room } from './room.ts';
import { openSource } from './sourceFolder.ts';

export interface StoreHost {
  readonly disk: ModelDisk;
  readonly fetch: typeof fetch;
  readonly room: () => Promise<Room>;
  /** Milliseconds, for rates. */
  readonly clock: () => number;
  readonly now: () => Date;
  /** Runs `work` as the only one to change the model `id`, in all tabs; throws a UserError when another one does. */
  readonly alone: <T>(id: string, work: () => Promise<T>) => Promise<T>;
}

export type OnProgress = (progress: ModelProgress) => void;

export interface ModelStore {
  list(): Promise<StoredModel[]>;
  /** What `source` holds; stores nothing. */
  look(source: ModelSource, signal: AbortSignal): Promise<ModelOffer>;
  /** Fetches what is missing of the model; verified files are kept whatever happens. */
  add(source: ModelSource, signal: AbortSignal, onProgress: OnProgress): Promise<StoredModel>;
  /** Hashes every file again. Damaged ones are dropped, so that the model is partial, and named. */
  verify(id: string, signal: AbortSignal, onProgress: OnProgress): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
}

export function createModelStore(host: StoreHost): ModelStore {
  const { disk } = host;
  const stored = async (id: string): Promise<StoredModel | null> => {
    const folder = await disk.folder(id);
    const record = await readRecord(folder);
    return record && describe(record, parseJournal((await readText(folder, journalFile)) ?? ''));
  };
  return {
    async list() {
      const models = await Promise.all((await disk.list()).map(stored));
      return models.filter((model) => model !== null).sort((a, b) => a.added.localeCompare(b.added));
    },
    look: async (source, signal) => pickOffer(await look(host, source, signal)),
    async add(source, signal, onProgress) {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const offer = await look(host, source, either);
      return host.alone(offer.id, async () => {
        const known = await stored(offer.id);
        if (known?.state === 'whole') return known;
        checkRoom(offer.card.name, offer.storedBytes - (known?.verifiedBytes ?? 0), await host.room());
        const folder = await disk.folder(offer.id);
        await writeRecord(folder, recordOf(pickOffer(offer), known?.added ?? host.now().toISOString()));
        const journal = openJournal(await folder.open(journalFile));
        try {
          const meter = createMeter(
            {
              phase: offer.kind === 'checkpoint' ? 'quantising' : source.kind === 'url' ? 'downloading' : 'copying',
              doneBytes: bytesOf(journal.entries),
              totalBytes: offer.storedBytes,
            },
            onProgress,
            host.clock,
          );
          const files = openSource(source, either, host.fetch);
          const job: FetchJob = {
            source: files,
            folder,
            journal,
            hasher: createFileHasher(),
            meter,
            signal: either,
            stop: () => stop.abort(),
          };
          meter.tell();
          if (offer.kind === 'checkpoint') await storeCheckpoint(offer, job);
          else await storeContainer(offer, job);
          meter.tell();
        } finally {
          journal.close();
        }
        return (await stored(offer.id))!;
      });
    },
    verify: (id, signal, onProgress) =>
      host.alone(id, async () => {
        const folder = await disk.folder(id);
        const record = await readRecord(folder);
        if (!record) throw noSuchModel(id);
        const journal = openJournal(await folder.open(journalFile));
        try {
          const totalBytes = bytesOf(journal.entries);
          const meter = createMeter({ phase: 'verifying', doneBytes: 0, totalBytes }, onProgress, host.clock);
          const hasher = createFileHasher();
          const damaged: string[] = [];
          for (const entry of journal.entries.values()) {
            signal.throwIfAborted();
            if (!(await isAsJournaled(folder, hasher, entry))) damaged.push(entry.path);
            meter.add(entry.length);
          }
          meter.tell();
          if (damaged.length > 0) await dropDamaged(folder, journal, damaged);
          return damaged;
        } finally {
          journal.close();
        }
      }),
    remove: (id) => host.alone(id, () => disk.remove(id)),
  };
}

async function look(host: StoreHost, source: ModelSource, signal: AbortSignal) {
  const files = openSource(source, signal, host.fetch);
  const container = await lookForContainer(source, files);
  if (container) checkComplete(container.manifest);
  const offer = container ?? (await lookForCheckpoint(source, files));
  if (offer) return offer;
  throw noModel(source);
}

async function isAsJournaled(folder: DiskFolder, hasher: FileHasher, entry: JournalEntry): Promise<boolean> {
  const file = await folder.open(entry.path);
  try {
    return (await hasher.hash(file, entry.length)) === entry.sha256;
  } finally {
    file.close();
  }
}

/** First out of the journal, then off the disk; the manifest too, so that nothing takes the rest for a model. */
async function dropDamaged(folder: DiskFolder, journal: Journal, damaged: readonly string[]): Promise<void> {
  const gone = [...new Set([manifestFile, ...damaged])];
  journal.drop(gone);
  for (const path of gone) await folder.remove(path);
}

function describe(record: ModelRecord, entries: ReadonlyMap<string, JournalEntry>): StoredModel {
  return {
    ...record,
    state: entries.has(manifestFile) ? 'whole' : 'partial',
    verifiedBytes: bytesOf(entries),
  };
}

/** What is kept and shown of an offer, without what only storing it needs. */
function pickOffer({ id, card, kind, origin, fetchedBytes, storedBytes, sizes }: ModelOffer): ModelOffer {
  return { id, card, kind, origin, fetchedBytes, storedBytes, sizes };
}

function bytesOf(entries: ReadonlyMap<string, JournalEntry>): number {
  return [...entries.values()].reduce((sum, { length }) => sum + length, 0);
}

function noModel(source: ModelSource): UserError {
  const other = source.kind === 'files' && source.files.find(({ name }) => /\.(gguf|bin|pth|onnx)$/i.test(name));
  return new UserError({
    code: 'no-model',
    subject: source.name,
    reason: `holds no model: neither ${manifestFile} nor config.json is there${other ? `, only ${other.name}` : ''}.`,
    remedy:
      'Give a folder made by `agentiad convert`, or a Hugging Face checkpoint with config.json and safetensors files.',
  });
}

function noSuchModel(id: string): UserError {
  return new UserError({
    code: 'no-such-model',
    subject: id,
    reason: 'is no model in this browser’s storage.',
    remedy: 'Add it again.',
  });
}

/**
 * Takes many image files in, as good parts or as labelled images: decoded by several workers at once, stored some at a
 * time, each with its file in one transaction. What was stored stays when it is cancelled or there is no more room.
 */
import { problemOf } from '../../runtime/messages.ts';
import type { IntakenImage } from '../../runtime/intakeMessages.ts';
import type { ExemplarRecord, LabelledRecord } from '../../storage/schema.ts';
import type { ImageFile } from '../../storage/library.ts';
import { guarded, type StudioContext } from '../context.ts';
import type { Refusal } from '../importState.ts';

export interface WantedFile {
  readonly file: File;
  /** A kind of part that there is. */
  readonly category: string;
  /** Path inside the folder it came from; null for a single file. */
  readonly source: string | null;
  /** Null: a good part. */
  readonly truth: Pick<LabelledRecord, 'truth' | 'type'> | null;
}

export interface TakenMany {
  readonly exemplars: readonly ExemplarRecord[];
  readonly labelled: readonly LabelledRecord[];
  readonly refused: ReadonlyMap<WantedFile, Refusal>;
  /** Files not come to, or not stored. */
  readonly left: number;
}

/** Files stored in one transaction, and bytes after which fewer are. */
const BATCH = { files: 24, bytes: 32e6 };

interface Read {
  readonly wanted: WantedFile;
  readonly image: IntakenImage;
}

export async function takeMany(
  context: StudioContext,
  wanted: readonly WantedFile[],
  options: {
    readonly onProgress?: (done: number) => void;
    readonly signal?: { readonly aborted: boolean };
  } = {},
): Promise<TakenMany> {
  const { intake } = context;
  const refused = new Map<WantedFile, Refusal>();
  const seen = await guarded(context, wanted[0]?.file.name ?? '', () => knownFiles(context, wanted));
  if (!seen) return { exemplars: [], labelled: [], refused, left: wanted.length };
  const taken = { exemplars: [] as ExemplarRecord[], labelled: [] as LabelledRecord[] };
  let read: Read[] = [];
  let next = 0;
  let done = 0;
  let isFull = false;
  let lastAdded = 0;
  /** One after the other, so that they stay in their order. */
  const addedNext = () => {
    lastAdded = Math.max(lastAdded + 1, context.host.now().getTime());
    return new Date(lastAdded).toISOString();
  };
  let storing = Promise.resolve();
  const isOver = () => isFull || options.signal?.aborted === true;

  const flush = () => {
    const batch = read;
    read = [];
    if (batch.length === 0) return storing;
    return (storing = storing.then(async () => {
      if (isFull) return;
      const stored = await storeBatch(context, batch, addedNext);
      isFull = stored.isFull;
      taken.exemplars.push(...stored.exemplars);
      taken.labelled.push(...stored.labelled);
    }));
  };
  // In the order they were given in, whichever worker is faster.
  const early = new Map<number, IntakenImage | null>();
  let released = 0;
  const release = () => {
    for (let image; (image = early.get(released)) !== undefined; released++) {
      early.delete(released);
      const one = wanted[released]!;
      const refusal = image && seen.refusalOf(one, image.meta.sha256);
      if (refusal) refused.set(one, refusal);
      else if (image) read.push({ wanted: one, image });
    }
  };
  const lane = async () => {
    while (next < wanted.length && !isOver()) {
      const at = next++;
      const one = wanted[at]!;
      try {
        early.set(at, await intake.take(one.file));
      } catch (error) {
        early.set(at, null);
        refused.set(one, { kind: 'problem', problem: problemOf(error, one.source ?? one.file.name) });
      }
      release();
      done += 1;
      options.onProgress?.(done);
      const bytes = read.reduce((sum, { image }) => sum + image.bytes.byteLength, 0);
      // Waiting here keeps the files that are in memory few.
      if (read.length >= BATCH.files || bytes >= BATCH.bytes) await flush();
    }
  };
  await Promise.all(Array.from({ length: Math.min(intake.lanes, wanted.length) }, lane));
  await flush();
  const left = wanted.length - refused.size - taken.exemplars.length - taken.labelled.length;
  return { ...taken, refused, left };
}

/** Which files are here already, as good parts and as labelled images; told of each file as it comes. */
async function knownFiles({ store, storage }: StudioContext, wanted: readonly WantedFile[]) {
  const good = new Map<string, string>();
  const labelled = new Map<string, string>();
  const key = (category: string, sha256: string) => `${category}\n${sha256}`;
  const kinds = new Set(wanted.map(({ category }) => category));
  for (const { category, sha256, name } of store.getState().exemplars) good.set(key(category, sha256), name);
  for (const kind of kinds)
    for (const { sha256, name } of await storage.listLabelled(kind)) labelled.set(key(kind, sha256), name);
  return {
    refusalOf({ category, truth, file }: WantedFile, sha256: string): Refusal | null {
      const at = key(category, sha256);
      const [own, other] = truth === null ? [good, labelled] : [labelled, good];
      const same = own.get(at);
      const inOther = other.get(at);
      if (inOther !== undefined) return { kind: truth === null ? 'labelled' : 'good', same: inOther };
      if (same !== undefined) return { kind: 'copy', same, isInLibrary: true };
      own.set(at, file.name);
      return null;
    },
  };
}

/** What was stored; `isFull`: there was no room for all, which is then told. */
async function storeBatch(context: StudioContext, batch: readonly Read[], addedNext: () => string) {
  const { store, storage, host } = context;
  const exemplars: ExemplarRecord[] = [];
  const labelled: LabelledRecord[] = [];
  const files = { good: [] as ImageFile[], labelled: [] as ImageFile[] };
  for (const { wanted, image } of batch) {
    const added = addedNext();
    const { name, sha256, width, height, format, windowLevel } = image.meta;
    const { category, source, truth } = wanted;
    const { bytes, thumb, thumbMime } = image;
    const file = { sha256, mime: `image/${format}`, bytes, thumb, thumbMime, added };
    files[truth ? 'labelled' : 'good'].push(windowLevel ? { ...file, windowLevel } : file);
    const common = { id: host.newId(), category, name, sha256, source, added };
    if (truth) labelled.push({ ...common, ...truth });
    else exemplars.push({ ...common, width, height, enabled: true, tags: [], note: '' });
  }
  const stored = { exemplars: [] as ExemplarRecord[], labelled: [] as LabelledRecord[] };
  const isStored = await guarded(context, batch[0]!.wanted.file.name, async () => {
    if (exemplars.length > 0) {
      await storage.putExemplars(exemplars, files.good);
      stored.exemplars = exemplars;
      store.setState((state) => ({ exemplars: [...state.exemplars, ...exemplars] }));
    }
    if (labelled.length > 0) {
      await storage.putLabelled(labelled, files.labelled);
      stored.labelled = labelled;
    }
    return true;
  });
  return { ...stored, isFull: isStored === null };
}

/**
 * Brings files from their source onto the disk: several at a time, streamed, each read back and compared with its
 * SHA-256 before the journal names it. A damaged file is fetched again alone.
 */
import type { ContainerFile } from '@agentiad/core/model/containerManifest.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { FileHasher } from './checkedFile.ts';
import type { DiskFile, DiskFolder } from './disk.ts';
import type { Journal } from './journal.ts';
import type { Meter } from './meter.ts';
import type { SourceFolder } from './sourceFolder.ts';

export interface FetchJob {
  readonly source: SourceFolder;
  readonly folder: DiskFolder;
  readonly journal: Journal;
  readonly hasher: FileHasher;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  /** Aborts `signal`: the others need not go on when one fails. */
  readonly stop: () => void;
}

const parallel = 3;
/** How often a file is fetched before it is called damaged, and how often in a row it may be cut off without a byte. */
const tries = 3;

/**
 * Fetches what the journal does not have. Throws the first error that is not a file's own; else, when all others are
 * there, a UserError `model-damaged` that names the files that stayed wrong.
 */
export async function fetchFiles(job: FetchJob, files: readonly ContainerFile[]): Promise<void> {
  const waiting = files.filter((file) => !job.journal.has(file));
  const damaged: string[] = [];
  let failure: { readonly error: unknown } | null = null;
  const work = async () => {
    for (let file = waiting.shift(); file && !failure; file = waiting.shift()) {
      try {
        job.signal.throwIfAborted();
        if (!(await fetchFile(job, file))) damaged.push(file.path);
      } catch (error) {
        failure ??= { error };
        job.stop();
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  if (failure) throw (failure as { error: unknown }).error;
  if (damaged.length > 0) throw stayedDamaged(damaged.sort());
}

/** False when the file stayed wrong; nothing of it is kept then. */
async function fetchFile(job: FetchJob, expected: ContainerFile): Promise<boolean> {
  const { folder, hasher, journal, meter } = job;
  const file = await folder.open(expected.path);
  try {
    // What an earlier visit left goes on being used if the whole then has the right hash; it is no try of its own.
    let isLeftOver = file.size() > 0;
    for (let attempt = isLeftOver ? 0 : 1; attempt <= tries; attempt++) {
      if (!isLeftOver || file.size() > expected.length) file.truncate(0);
      const isWhole = await fill(job, file, expected);
      if (isWhole && (await hasher.hash(file, expected.length)) === expected.sha256) {
        file.flush();
        journal.add(expected);
        return true;
      }
      meter.takeBack(file.size());
      if (!isLeftOver && attempt < tries) meter.note(`${expected.path} arrived damaged and is fetched again.`);
      isLeftOver = false;
    }
    file.truncate(0);
    return false;
  } finally {
    file.close();
  }
}

/**
 * Streams the rest of the file onto the disk, going on where the connection was cut; where the source cannot go on, once
 * more from the start. False when there is no more.
 */
async function fill(job: FetchJob, file: DiskFile, { path, length }: ContainerFile): Promise<boolean> {
  const { source, meter, signal } = job;
  let at = file.size();
  let isSecond = false;
  meter.add(at);
  for (let empty = 0; at < length && empty < tries;) {
    const before = at;
    try {
      for await (const bytes of source.stream(path, at, length)) {
        signal.throwIfAborted();
        const wanted = bytes.subarray(0, length - at);
        file.write(wanted, at);
        at += wanted.length;
        meter.add(wanted.length);
        if (wanted.length < bytes.length) return false; // longer than it may be
      }
    } catch (error) {
      if (error instanceof UserError && error.code === 'model-no-ranges' && at > 0) {
        if (isSecond) return false;
        isSecond = true;
        file.truncate(0);
        meter.takeBack(at);
        at = 0;
        continue;
      }
      if (!(error instanceof UserError) || error.code !== 'model-cut-off') throw error;
      if (at === before && empty === tries - 1) throw error;
    }
    empty = at === before ? empty + 1 : 0;
  }
  return at === length;
}

function stayedDamaged(paths: readonly string[]): UserError {
  const [first] = paths;
  const some = paths.slice(0, 4).join(', ') + (paths.length > 4 ? ', …' : '');
  return new UserError({
    code: 'model-damaged',
    subject: paths.length === 1 ? first! : `${paths.length} files (${some})`,
    reason: `${paths.length === 1 ? 'does' : 'do'} not match the model's manifest, though fetched ${tries} times: the source itself is damaged or incomplete.`,
    remedy:
      'The other files are kept. Ask whoever offers the model to repair it, then resume; or take it from elsewhere.',
  });
}

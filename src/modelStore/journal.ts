/**
 * Which files of a stored model were written whole and verified: one line a file, appended and flushed after its hash
 * was right. Whatever is not in it is not trusted. A line cut off by a kill counts as not written.
 */
import type { DiskFile } from './disk.ts';

export const journalFile = 'journal';

export interface JournalEntry {
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
}

export interface Journal {
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** True when the journal has `file` with this length and hash. */
  has(file: JournalEntry): boolean;
  add(file: JournalEntry): void;
  /** Takes files out that were found damaged. */
  drop(paths: readonly string[]): void;
  close(): void;
}

const line = /^([\w.-]+) (\d+) ([0-9a-f]{64})$/;

export function parseJournal(text: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const row of whole.split('\n')) {
    const [, path, length, sha256] = line.exec(row) ?? [];
    if (path && sha256) entries.set(path, { path, length: Number(length), sha256 });
  }
  return entries;
}

/** `file` is the journal's, opened for writing; the journal closes it. */
export function openJournal(file: DiskFile): Journal {
  const stored = new Uint8Array(file.size());
  file.read(stored, 0);
  const entries = parseJournal(new TextDecoder().decode(stored));
  let end = 0;
  const append = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    file.write(bytes, end);
    file.flush();
    end += bytes.length;
  };
  const rewrite = () => {
    file.truncate(0);
    end = 0;
    append([...entries.values()].map(format).join(''));
  };
  const whole = stored.lastIndexOf(10) + 1;
  end = whole;
  if (whole < stored.length) file.truncate(whole);
  return {
    entries,
    has: ({ path, length, sha256 }) => {
      const known = entries.get(path);
      return known?.length === length && known.sha256 === sha256;
    },
    add(entry) {
      append(format(entry));
      entries.set(entry.path, entry);
    },
    drop(paths) {
      for (const path of paths) entries.delete(path);
      rewrite();
    },
    close: () => file.close(),
  };
}

function format({ path, length, sha256 }: JournalEntry): string {
  return `${path} ${length} ${sha256}\n`;
}

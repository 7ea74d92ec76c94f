/** Opens a stored model for reading, in pieces: nothing of it is kept in memory. */
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { readText, type ModelDisk } from './disk.ts';
import { journalFile, parseJournal } from './journal.ts';

/** Throws a UserError when the model is not whole: nothing may take it for one then. */
export async function openStoredModel(disk: ModelDisk, id: string): Promise<ByteSource> {
  const folder = await disk.folder(id);
  const entries = parseJournal((await readText(folder, journalFile)) ?? '');
  if (!entries.has(manifestFile)) throw notWhole();
  const snapshots = new Map<string, Promise<Blob | null>>();
  const snapshot = (path: string) => {
    const known = snapshots.get(path) ?? folder.snapshot(path);
    snapshots.set(path, known);
    return known;
  };
  return {
    size: async (path) => (entries.has(path) ? ((await snapshot(path))?.size ?? null) : null),
    async read(path, start, end) {
      const blob = await snapshot(path);
      if (!blob) throw notWhole();
      const bytes = await blob
        .slice(start, end)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw notWhole(cause);
        });
      return new Uint8Array(bytes);
    },
  };
}

function notWhole(cause?: unknown): UserError {
  return new UserError({
    code: 'model-not-whole',
    subject: 'The chosen model',
    reason: 'is not whole on this computer (cut off while it was added, damaged, or removed by the browser).',
    remedy: 'Open Models and resume or add it again.',
    cause,
  });
}

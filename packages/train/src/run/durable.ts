/**
 * Files that a power cut or `kill -9` leaves either whole or not there: written beside their place, brought to the disk,
 * then renamed. Names that start with `PARTIAL` are remains of such a write.
 */
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writing } from '../host/files.ts';

export const PARTIAL = '.partial-';

/** Writes `pieces` one after the other and waits for the disk. The file must be new. */
export async function writeNew(file: string, pieces: Iterable<Uint8Array>): Promise<void> {
  await writing(file, async () => {
    const handle = await open(file, 'wx');
    try {
      for (const piece of pieces) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Replaces `file`; at every moment either the old one or the new one is there. */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const partial = path.join(folder, `${PARTIAL}${path.basename(file)}`);
  await rm(partial, { force: true });
  await writeNew(partial, [bytes]);
  await writing(file, () => rename(partial, file));
  await syncFolder(folder);
}

/** Brings new and changed names of `folder` to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened there; NTFS journals its names
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what interrupted writes left in `folder`. */
export async function sweepPartial(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(PARTIAL)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

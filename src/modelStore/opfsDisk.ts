/** The origin's private file system as a ModelDisk. Files are opened for writing in dedicated workers only. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { DiskFile, DiskFolder, ModelDisk } from './disk.ts';

/** Missing from TypeScript's DOM library: it exists in workers alone. */
interface SyncAccessHandle {
  getSize(): number;
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

const root = 'models';

/** Throws a UserError `no-model-storage` where the browser has no such storage. */
export function createOpfsDisk(): ModelDisk {
  const top = async () => {
    const origin = await originFolder();
    return withHandle(origin, () => origin.getDirectoryHandle(root, { create: true }));
  };
  return {
    async list() {
      const names: string[] = [];
      for await (const [name, handle] of (await top()).entries()) if (handle.kind === 'directory') names.push(name);
      return names.sort();
    },
    async folder(name) {
      const models = await top();
      return diskFolder(await withHandle(models, () => models.getDirectoryHandle(name, { create: true })));
    },
    async remove(name) {
      const models = await top();
      await withHandle(models, () => models.removeEntry(name, { recursive: true }).catch(nullWhenMissing));
    },
  };
}

/** Chromium 156 never answers a call whose handle is garbage collected meanwhile: this keeps it. */
async function withHandle<T>(handle: FileSystemHandle, work: () => Promise<T>): Promise<T> {
  inUse.add(handle);
  try {
    return await work();
  } finally {
    inUse.delete(handle);
  }
}

const inUse = new Set<FileSystemHandle>();

async function originFolder(): Promise<FileSystemDirectoryHandle> {
  // Typed as always there; it is missing on insecure origins and in older browsers, and refused in some private modes.
  const storage = (navigator as { storage?: Partial<StorageManager> }).storage;
  try {
    if (storage?.getDirectory) return await storage.getDirectory();
  } catch (cause) {
    throw noStorage('refuses this page a place for large files.', cause);
  }
  throw noStorage('has no place for large files on this page.');
}

function noStorage(reason: string, cause?: unknown): UserError {
  const remedy = 'Open the page over https or as localhost, not in a private window, in a current browser.';
  return new UserError({ code: 'no-model-storage', subject: 'This browser', reason, remedy, cause });
}

function diskFolder(directory: FileSystemDirectoryHandle): DiskFolder {
  return {
    async open(path) {
      try {
        const handle = (await directory.getFileHandle(path, { create: true })) as WorkerFileHandle;
        return diskFile(await withHandle(handle, () => handle.createSyncAccessHandle()), path);
      } catch (error) {
        throw nameFull(error, path);
      }
    },
    async snapshot(path) {
      const handle = await directory.getFileHandle(path).catch(nullWhenMissing);
      return handle && withHandle(handle, () => handle.getFile());
    },
    async remove(path) {
      await directory.removeEntry(path).catch(nullWhenMissing);
    },
  };
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}

/** Making, shrinking and flushing a file need room too. */
function diskFile(handle: SyncAccessHandle, path: string): DiskFile {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw nameFull(error, path);
    }
  };
  return {
    size: () => handle.getSize(),
    read: (into, at) => handle.read(into, { at }),
    write(bytes, at) {
      const written = named(() => handle.write(bytes, { at }));
      if (written < bytes.length) throw diskFull(path);
    },
    truncate: (size) => named(() => handle.truncate(size)),
    flush: () => named(() => handle.flush()),
    close: () => handle.close(),
  };
}

function nameFull(error: unknown, path: string): unknown {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? diskFull(path, error) : error;
}

function diskFull(path: string, cause?: unknown): UserError {
  return new UserError({
    code: 'disk-full',
    subject: path,
    reason: 'could not be written: this browser has no more room for this page.',
    remedy: 'Free some disk space or delete a model here, then resume: what was verified is kept.',
    cause,
  });
}

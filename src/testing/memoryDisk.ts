/** Tests only: a ModelDisk in memory that can break after so many bytes, as a kill or a full disk does. */
import type { DiskFile, DiskFolder, ModelDisk } from '../modelStore/disk.ts';

export interface MemoryDisk extends ModelDisk {
  /** By `folder/file`. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Bytes that can still be written; the write that reaches it is cut off there and throws. */
  breakAfter: number;
}

export function createMemoryDisk(breakWith: () => Error = () => new Error('killed')): MemoryDisk {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const folders = new Set<string>();
  const disk: MemoryDisk = {
    files,
    breakAfter: Infinity,
    list: () => Promise.resolve([...folders].sort()),
    folder: (name) => Promise.resolve((folders.add(name), folderOf(name))),
    remove(name) {
      folders.delete(name);
      for (const key of [...files.keys()]) if (key.startsWith(`${name}/`)) files.delete(key);
      return Promise.resolve();
    },
  };
  const put = (key: string, bytes: Uint8Array, at: number) => {
    const old = files.get(key)!;
    const grown = new Uint8Array(Math.max(old.length, at + bytes.length));
    grown.set(old);
    grown.set(bytes, at);
    files.set(key, grown);
  };
  const fileOf = (key: string): DiskFile => ({
    size: () => files.get(key)!.length,
    read(into, at) {
      const bytes = files.get(key)!.subarray(at, at + into.length);
      into.set(bytes);
      return bytes.length;
    },
    write(bytes, at) {
      const fits = Math.min(bytes.length, disk.breakAfter);
      put(key, bytes.subarray(0, fits), at);
      disk.breakAfter -= fits;
      if (fits < bytes.length) throw breakWith();
    },
    truncate: (size) => void files.set(key, files.get(key)!.slice(0, size)),
    flush: () => {},
    close: () => {},
  });
  const folderOf = (name: string): DiskFolder => ({
    open(path) {
      const key = `${name}/${path}`;
      if (!files.has(key)) files.set(key, new Uint8Array(0));
      return Promise.resolve(fileOf(key));
    },
    snapshot(path) {
      const bytes = files.get(`${name}/${path}`);
      return Promise.resolve(bytes ? new Blob([bytes]) : null);
    },
    remove: (path) => Promise.resolve(void files.delete(`${name}/${path}`)),
  });
  return disk;
}

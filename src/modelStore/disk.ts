/**
 * What the model store needs of a disk: folders of plain files, written at any place. In the browser it is the origin's
 * private file system (opfsDisk.ts); tests use memory.
 */

/** A file open for writing, for one user at a time. Calls are synchronous, as the browser's access handles are. */
export interface DiskFile {
  size(): number;
  /** Fills `into` from `at` on; returns how many bytes there were. */
  read(into: Uint8Array<ArrayBuffer>, at: number): number;
  /** Throws a UserError `disk-full` when there is no room for all of `bytes`. */
  write(bytes: Uint8Array<ArrayBuffer>, at: number): void;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export interface DiskFolder {
  /** Opens `path` for writing; it is made when it is not there. */
  open(path: string): Promise<DiskFile>;
  /** A snapshot for reading, or null when there is no such file. */
  snapshot(path: string): Promise<Blob | null>;
  remove(path: string): Promise<void>;
}

export interface ModelDisk {
  /** Names of the folders there are. */
  list(): Promise<string[]>;
  /** Makes the folder when it is not there. */
  folder(name: string): Promise<DiskFolder>;
  /** Removes the folder with all its files, if it is there. */
  remove(name: string): Promise<void>;
}

export async function readText(folder: DiskFolder, path: string): Promise<string | null> {
  return (await folder.snapshot(path))?.text() ?? null;
}

/** Replaces the file `path` by `bytes` and flushes it. */
export async function writeWhole(folder: DiskFolder, path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await folder.open(path);
  try {
    file.truncate(0);
    file.write(bytes, 0);
    file.flush();
  } finally {
    file.close();
  }
}

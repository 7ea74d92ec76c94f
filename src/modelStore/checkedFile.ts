/** Hashes files as the disk gives them back, one at a time, so that one buffer serves all and proves what was stored. */
import { hex } from '@scure/base';
import type { DiskFile } from './disk.ts';

export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** The browser's own SHA-256; a page that may store models has it. */
export const browserDigest: Digest = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export interface FileHasher {
  /** SHA-256 of the first `length` bytes of `file` in hex; null when it is not that long. */
  hash(file: DiskFile, length: number): Promise<string | null>;
}

export function createFileHasher(digest: Digest = browserDigest): FileHasher {
  let buffer = new Uint8Array(0);
  let last: Promise<unknown> = Promise.resolve();
  const hash = async (file: DiskFile, length: number) => {
    if (file.size() !== length) return null;
    if (buffer.length < length) buffer = new Uint8Array(length);
    const bytes = buffer.subarray(0, length);
    return file.read(bytes, 0) === length ? hex.encode(await digest(bytes)) : null;
  };
  return {
    hash(file, length) {
      const next = last.then(() => hash(file, length));
      last = next.catch(() => {}); // reported to its own caller
      return next;
    },
  };
}

/** Hashes files as the disk gives them back, one at a time, so that one buffer serves all and proves what was stored. */
import { portableSha256, type Sha256 } from '@agentiad/core/support/hash.ts';
import { hex } from '@scure/base';
import type { DiskFile } from './disk.ts';

/** The browser's own SHA-256; every page that may store models has it. */
export const browserSha256: Sha256 = {
  ...portableSha256,
  hex: async (bytes) =>
    hex.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))),
};

export interface FileHasher {
  /** SHA-256 of `file` in hex; null when it has not `length` bytes. */
  hash(file: DiskFile, length: number): Promise<string | null>;
}

export function createFileHasher(): FileHasher {
  let buffer = new Uint8Array(0);
  let last: Promise<unknown> = Promise.resolve();
  const hash = async (file: DiskFile, length: number) => {
    if (file.size() !== length) return null;
    if (buffer.length < length) buffer = new Uint8Array(length);
    const bytes = buffer.subarray(0, length);
    return file.read(bytes, 0) === length ? browserSha256.hex(bytes) : null;
  };
  return {
    hash(file, length) {
      const next = last.then(() => hash(file, length));
      last = next.catch(() => {}); // reported to its own caller
      return next;
    },
  };
}

/** Hashes files as the disk gives them back, one at a time, so that one buffer serves all and proves what was stored. */
import { portableSha256, type Sha256 } from '@agentiad/core/support/hash.ts';
import { hex } from '@scure/base';
import { createSHA256 } from 'hash-wasm';
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

const pieceBytes = 4 * 1024 * 1024;

/** In pieces: the browser's own SHA-256 copies each file whole, and the copies pile up until they are collected. */
export function createFileHasher(): FileHasher {
  const piece = new Uint8Array(pieceBytes);
  const sha256 = createSHA256();
  let last: Promise<unknown> = Promise.resolve();
  const hash = async (file: DiskFile, length: number) => {
    if (file.size() !== length) return null;
    const hasher = (await sha256).init();
    for (let at = 0; at < length;) {
      const read = file.read(piece.subarray(0, length - at), at);
      if (read === 0) return null;
      hasher.update(piece.subarray(0, read));
      at += read;
    }
    return hasher.digest('hex');
  };
  return {
    hash(file, length) {
      const next = last.then(() => hash(file, length));
      last = next.catch(() => {}); // reported to its own caller
      return next;
    },
  };
}

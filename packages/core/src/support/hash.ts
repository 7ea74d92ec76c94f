import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 of `bytes` as lower-case hex; synchronous and host-free (no `crypto.subtle`). */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** SHA-256 for gigabytes: hosts give their own, up to ten times faster than the one above. Results are lower-case hex. */
export interface Sha256 {
  hex(bytes: Uint8Array): string | Promise<string>;
  /** Hash of what `update` is given, piece by piece. */
  stream(): { update(bytes: Uint8Array): void; hex(): string };
}

export const portableSha256: Sha256 = {
  hex: sha256Hex,
  stream() {
    const hash = sha256.create();
    return {
      update: (bytes) => void hash.update(bytes),
      hex: () => bytesToHex(hash.digest()),
    };
  },
};

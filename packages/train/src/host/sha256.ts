/** SHA-256 of Node's own library. */
import { createHash } from 'node:crypto';
import type { Sha256 } from '@agentiad/core/support/hash.ts';

export const nodeSha256: Sha256 = {
  hex: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  stream() {
    const hash = createHash('sha256');
    return {
      update: (bytes) => void hash.update(bytes),
      hex: () => hash.digest('hex'),
    };
  },
};

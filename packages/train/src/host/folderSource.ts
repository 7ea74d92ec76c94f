/** A folder on disk as a ByteSource. Ranged reads, so files may be larger than 2 GB and than memory. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';

/** The most one read call takes; Node refuses 2 GiB and more. */
const largestRead = 1 << 30;

export function openFolder(folder: string): ByteSource {
  return {
    async size(file) {
      const found = await stat(path.join(folder, file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
        throw error;
      });
      return found?.isFile() ? found.size : null;
    },
    async read(file, start, end) {
      const handle = await open(path.join(folder, file));
      try {
        const bytes = new Uint8Array(end - start);
        let filled = 0;
        while (filled < bytes.length) {
          const wanted = Math.min(largestRead, bytes.length - filled);
          const { bytesRead } = await handle.read(bytes, filled, wanted, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * Reads a source in large blocks, the next ones while the present one is used: a checkpoint is read from start to end in
 * small pieces, and asking a server for each would take hours. Holds `blocks` of `blockBytes` at most.
 */
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';

const blockBytes = 8 * 1024 * 1024;
const blocks = 5;

export function createReadAhead(source: ByteSource): ByteSource {
  /** By `path index`, in the order of their last use. */
  const held = new Map<string, Promise<Uint8Array>>();

  const block = (path: string, index: number, size: number): Promise<Uint8Array> => {
    const key = `${path} ${index}`;
    const known = held.get(key) ?? source.read(path, index * blockBytes, Math.min(size, (index + 1) * blockBytes));
    known.catch(() => held.delete(key)); // told to whoever needs it; asked for again then
    held.delete(key);
    held.set(key, known);
    for (const oldest of [...held.keys()].slice(0, -blocks)) held.delete(oldest);
    return known;
  };

  return {
    size: (path) => source.size(path),
    async read(path, start, end) {
      const size = (await source.size(path)) ?? 0;
      const out = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const index = Math.floor(at / blockBytes);
        const wanted = block(path, index, size);
        for (let next = index + 1; next < index + blocks && next * blockBytes < size; next++) {
          if (!held.has(`${path} ${next}`)) void block(path, next, size);
        }
        const from = at - index * blockBytes;
        const piece = (await wanted).subarray(from, from + end - at);
        if (piece.length === 0) break;
        out.set(piece, at - start);
        at += piece.length;
      }
      return out;
    },
  };
}

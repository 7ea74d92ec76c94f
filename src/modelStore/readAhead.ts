/**
 * Reads ahead in a source whose reading order is known: a checkpoint is read in small pieces, and waiting for a server
 * at each would take hours. Holds a few pieces, never the whole.
 */
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';

/** Bytes [begin, end) of `file`. */
export interface PlannedRange {
  readonly file: string;
  readonly begin: number;
  readonly end: number;
}

const pieceBytes = 8 * 1024 * 1024;
/** Pieces on their way or held. */
const pieces = 6;

/** `order`: what will be read, one range after the other. Anything else is read when it is asked for. */
export function createReadAhead(source: ByteSource, order: readonly PlannedRange[]): ByteSource {
  const plan = order.flatMap(splitRange);
  const held = new Map<number, Promise<Uint8Array>>();
  let last = 0;

  const fetchPiece = (index: number): Promise<Uint8Array> => {
    const { file, begin, end } = plan[index]!;
    const bytes = source.read(file, begin, end);
    bytes.catch(() => held.delete(index)); // told to whoever needs it
    held.set(index, bytes);
    return bytes;
  };

  /** The piece that holds byte `at` of `file`, looked for from the last one on. */
  const find = (file: string, at: number): number => {
    const isIt = (piece: PlannedRange) => piece.file === file && piece.begin <= at && at < piece.end;
    const ahead = plan.slice(last).findIndex(isIt);
    return ahead >= 0 ? last + ahead : plan.findIndex(isIt);
  };

  return {
    size: (path) => source.size(path),
    async read(path, start, end) {
      const out = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const index = find(path, at);
        if (index < 0) return source.read(path, start, end);
        last = index;
        for (const old of [...held.keys()].filter((key) => key < index - 1 || key >= index + pieces)) held.delete(old);
        for (let next = index; next < Math.min(plan.length, index + pieces - 1); next++) {
          if (!held.has(next)) void fetchPiece(next);
        }
        const from = at - plan[index]!.begin;
        const piece = (await held.get(index)!).subarray(from, from + end - at);
        if (piece.length === 0) return source.read(path, start, end);
        out.set(piece, at - start);
        at += piece.length;
      }
      return out;
    },
  };
}

function splitRange({ file, begin, end }: PlannedRange): PlannedRange[] {
  const count = Math.ceil((end - begin) / pieceBytes);
  return Array.from({ length: count }, (_, index) => {
    const from = begin + index * pieceBytes;
    return { file, begin: from, end: Math.min(end, from + pieceBytes) };
  });
}

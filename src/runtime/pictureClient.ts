/** The page's side of the picture worker, which starts with the first piece asked for. */
import { proxy, wrap } from 'comlink';
import { valueOf } from './messages.ts';
import type { PictureApi, PictureFile, PieceRequest } from './pictureMessages.ts';
import { breakOf } from './workerBreak.ts';

export interface PieceCutter {
  /** A piece of a file's upright pixels; null when `readFile` has no bytes. Rejects with a `UserError`. */
  cut(
    file: PictureFile,
    request: PieceRequest,
    readFile: () => Promise<ArrayBuffer | null>,
  ): Promise<ImageBitmap | null>;
}

export function createPieceCutter(): PieceCutter {
  let started: ReturnType<typeof start> | null = null;
  return {
    async cut(file, request, readFile) {
      const { remote, broken } = (started ??= start());
      return valueOf(await Promise.race([remote.cut(file, request, proxy(readFile)), broken]));
    },
  };
}

function start() {
  const worker = new Worker(new URL('./pictureWorker.ts', import.meta.url), { type: 'module', name: 'pictures' });
  return { remote: wrap<PictureApi>(worker), broken: breakOf(worker, 'The part of this page that cuts pictures') };
}

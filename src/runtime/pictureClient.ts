/** The page's side of the picture worker, which starts with the first piece asked for. */
import { proxy } from 'comlink';
import type { PictureApi, PictureFile, PieceRequest } from './pictureMessages.ts';
import { workerOnDemand } from './workerOnDemand.ts';

export interface PieceCutter {
  /** A piece of a file's upright pixels; null when `readFile` has no bytes. Rejects with a `UserError`. */
  cut(
    file: PictureFile,
    request: PieceRequest,
    readFile: () => Promise<ArrayBuffer | null>,
  ): Promise<ImageBitmap | null>;
}

export function createPieceCutter(): PieceCutter {
  const worker = workerOnDemand<PictureApi>(open, 'The part of this page that cuts pictures');
  return {
    cut: (file, request, readFile) =>
      worker.ask((remote) =>
        remote.cut(
          file,
          request,
          proxy(() => readFile()),
        ),
      ),
  };
}

function open(): Worker {
  return new Worker(new URL('./pictureWorker.ts', import.meta.url), { type: 'module', name: 'pictures' });
}

/** The files of a model where it comes from, whichever way: pieces, whole small files, and long ones as a stream. */
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createHttpFolder } from './httpFolder.ts';
import type { ModelSource } from './modelSource.ts';
import { piecesOf } from './piecesOf.ts';

export interface SourceFolder extends ByteSource {
  /**
   * Bytes of `path` from `start` to `end`, in order and in small pieces; `end` is that of the file. Ends early when the
   * source does. Throws a UserError when nothing can be had.
   */
  stream(path: string, start: number, end: number): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Something that changes when the file does; empty where it cannot be told. */
  stamp(path: string): Promise<string>;
}

export function openSource(source: ModelSource, signal: AbortSignal, fetcher: typeof fetch = fetch): SourceFolder {
  if (source.kind === 'url') return createHttpFolder(source, signal, fetcher);
  return createFilesFolder(source.name, source.files, signal);
}

function createFilesFolder(name: string, files: readonly File[], signal: AbortSignal): SourceFolder {
  const byName = new Map(files.map((file) => [file.name, file]));
  const slice = (path: string, start: number, end: number): Blob => {
    signal.throwIfAborted();
    const file = byName.get(path);
    if (!file) throw unreadable(name, path, 'is not in the folder.');
    return file.slice(start, end);
  };
  const gone = (path: string, cause: unknown) =>
    unreadable(name, path, 'cannot be read any more: it was moved, changed or its disk is gone.', cause);
  return {
    size: (path) => Promise.resolve(byName.get(path)?.size ?? null),
    async read(path, start, end) {
      const buffer = await slice(path, start, end)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw gone(path, cause);
        });
      return new Uint8Array(buffer);
    },
    stream: (path, start, end) => piecesOf(slice(path, start, end).stream(), (cause) => gone(path, cause)),
    stamp: (path) => Promise.resolve(String(byName.get(path)?.lastModified ?? '')),
  };
}

function unreadable(folder: string, path: string, reason: string, cause?: unknown): UserError {
  const remedy = `Choose the folder ${folder} again.`;
  return new UserError({ code: 'model-file-unreadable', subject: path, reason, remedy, cause });
}

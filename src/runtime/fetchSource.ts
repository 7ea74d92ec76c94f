/** A model folder served beside the page, as the loader reads it. Files are fetched once and kept while loading. */
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { UserError } from '@agentiad/core/support/userError.ts';

/** `folder` is an absolute address ending in `/`; `onBytes` is told how many bytes have arrived in all. */
export function createFetchSource(folder: string, onBytes: (bytes: number) => void): ByteSource {
  const files = new Map<string, Promise<Uint8Array | null>>();
  let received = 0;
  const file = (path: string) => {
    const known = files.get(path);
    if (known) return known;
    const loading = fetchFile(new URL(path, folder).href, (bytes) => onBytes((received += bytes)));
    files.set(path, loading);
    return loading;
  };
  return {
    async size(path) {
      return (await file(path))?.length ?? null;
    },
    async read(path, start, end) {
      const bytes = await file(path);
      if (!bytes) throw missing(path);
      return bytes.subarray(start, end);
    },
  };
}

async function fetchFile(url: string, onBytes: (bytes: number) => void): Promise<Uint8Array | null> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw unreachable(url, 'could not be fetched from the server of this page.', cause);
  });
  if (response.status >= 500) throw unreachable(url, `was answered by the server with an error (${response.status}).`);
  // A server that answers every address with its start page has no such file either.
  if (!response.ok || (response.headers.get('content-type') ?? '').startsWith('text/html')) return null;
  const buffer = await response.arrayBuffer().catch((cause: unknown) => {
    throw unreachable(url, 'was cut off while it was being fetched from the server of this page.', cause);
  });
  const bytes = new Uint8Array(buffer);
  onBytes(bytes.length);
  return bytes;
}

function unreachable(subject: string, reason: string, cause?: unknown): UserError {
  const remedy = 'Check that the server is still running, then reload.';
  return new UserError({ code: 'model-unreachable', subject, reason, remedy, cause });
}

function missing(path: string): UserError {
  return new UserError({
    code: 'model-file-missing',
    subject: path,
    reason: 'is missing from the model folder.',
    remedy: 'Build the page again, or restore the folder.',
  });
}

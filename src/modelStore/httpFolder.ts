/**
 * A model folder on a web server. Long files are read in ranges; a server without ranges still serves files that are
 * wanted whole. What may pass (cut connections, overload) is tried again; refusals are named with their remedy.
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { ModelSource } from './modelSource.ts';
import { piecesOf } from './piecesOf.ts';
import type { SourceFolder } from './sourceFolder.ts';

type UrlSource = ModelSource & { readonly kind: 'url' };

/** A file up to this size is read as a whole where the server gives no ranges. */
const wholeFileBytes = 64 * 1024 * 1024;
const tries = 3;
const pauseMs = 400;

interface Facts {
  /** Null: no such file. */
  readonly size: number | null;
  readonly hasRanges: boolean;
  readonly stamp: string;
}

export function createHttpFolder(source: UrlSource, signal: AbortSignal, fetcher: typeof fetch): SourceFolder {
  const facts = new Map<string, Promise<Facts>>();
  const whole = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const url = (path: string) => new URL(encodeURIComponent(path), source.address).href;
  const request = (path: string, range: string | null) =>
    withRetries(signal, () => ask(fetcher, source, url(path), { signal, headers: range ? { range } : {} }));

  const factsOf = (path: string) => {
    const known = facts.get(path) ?? probe(path);
    facts.set(path, known);
    return known;
  };

  /** One byte tells size and whether there are ranges. */
  const probe = async (path: string): Promise<Facts> => {
    const response = await request(path, 'bytes=0-0');
    await response?.body?.cancel();
    if (!response) return { size: null, hasRanges: false, stamp: '' };
    const stamp = response.headers.get('etag') ?? response.headers.get('last-modified') ?? '';
    if (response.status === 416) return { size: 0, hasRanges: true, stamp };
    const hasRanges = response.status === 206;
    const total = hasRanges
      ? /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]
      : plainLength(response.headers);
    const length = total ?? plainLength((await head(path))?.headers);
    if (length !== undefined) return { size: Number(length), hasRanges, stamp };
    // Its length is not told (compressed on the way, or hidden from other sites): only reading it tells.
    const bytes = readWhole(path);
    return { size: (await bytes).length, hasRanges: false, stamp };
  };

  const head = (path: string) => withRetries(signal, () => ask(fetcher, source, url(path), { signal, method: 'HEAD' }));

  const readWhole = (path: string) => {
    const known = whole.get(path) ?? fetchWhole(path);
    whole.set(path, known);
    return known;
  };

  const fetchWhole = (path: string) =>
    withRetries(signal, async () => {
      const response = await ask(fetcher, source, url(path), { signal });
      if (!response) throw notThere(source, path);
      return bodyOf(response, source, path);
    });

  return {
    size: async (path) => (await factsOf(path)).size,
    stamp: async (path) => (await factsOf(path)).stamp,
    async read(path, start, end) {
      const { size, hasRanges } = await factsOf(path);
      if (size === null) throw notThere(source, path);
      if (start === end) return new Uint8Array(0);
      if (whole.has(path) || !hasRanges || (start === 0 && end === size)) {
        if (size > wholeFileBytes) throw noRanges(source, path);
        return (await readWhole(path)).subarray(start, end);
      }
      return withRetries(signal, async () => {
        const response = await ask(fetcher, source, url(path), {
          signal,
          headers: { range: `bytes=${start}-${end - 1}` },
        });
        if (response?.status !== 206) throw noRanges(source, path);
        await checkStart(response, start, source, path);
        const bytes = await bodyOf(response, source, path);
        if (bytes.length !== end - start) throw cutOff(source, path);
        return bytes;
      });
    },
    async *stream(path, start) {
      const response = await request(path, start > 0 ? `bytes=${start}-` : null);
      if (!response?.body) throw notThere(source, path);
      if (response.status === 416) return response.body.cancel(); // the file ends before `start`
      if (start > 0 && response.status !== 206) {
        await response.body.cancel();
        throw noRanges(source, path);
      }
      if (start > 0) await checkStart(response, start, source, path);
      yield* piecesOf(response.body, (cause) => {
        signal.throwIfAborted();
        return cutOff(source, path, cause);
      });
    },
  };
}

/** Whether the answer says that it begins elsewhere; not every server lets this page see that. */
async function checkStart(response: Response, start: number, source: UrlSource, path: string): Promise<void> {
  const [, first] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (first === undefined || Number(first) === start) return;
  await response.body?.cancel();
  throw problem('model-wrong-range', source.host, `answers with other bytes of ${path} than it was asked for.`, {
    remedy: 'Download the folder and add it from disk, or use a server that answers Range requests rightly.',
  });
}

/** The length of the body as it will arrive, when the server tells it. */
function plainLength(headers: Headers | undefined): string | undefined {
  return headers?.get('content-encoding') ? undefined : (headers?.get('content-length') ?? undefined);
}

async function bodyOf(response: Response, source: UrlSource, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw cutOff(source, path, cause);
  }
}

/** Null when there is no such file: 404, or a start page in its place. */
async function ask(fetcher: typeof fetch, source: UrlSource, url: string, init: RequestInit): Promise<Response | null> {
  const response = await fetcher(url, { ...init, cache: 'no-store', referrerPolicy: 'no-referrer' }).catch(
    (cause: unknown) => {
      init.signal?.throwIfAborted();
      throw problem(
        'model-host-unreachable',
        source.host,
        'could not be reached, or does not let this page read its files.',
        {
          remedy: 'Check the address and the network; else download the folder and add it from disk.',
          cause,
        },
      );
    },
  );
  const { status } = response;
  if (status === 416) return response;
  if (status === 401 || status === 403) {
    throw problem('model-refused', source.host, `refuses to give ${source.name} (${status}).`, {
      remedy: 'It may need an account or an accepted licence: download it with your account, then add it from disk.',
    });
  }
  if (status === 429 || status >= 500) {
    throw problem('model-host-failed', source.host, `answered with an error (${status}).`, {
      remedy: 'Wait a little, then resume: what was verified is kept.',
    });
  }
  const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html');
  if (response.ok && !isPage) return response;
  await response.body?.cancel();
  return null;
}

/** Errors that may pass by themselves. */
const passing = new Set(['model-host-unreachable', 'model-host-failed', 'model-cut-off']);

async function withRetries<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === tries || !(error instanceof UserError) || !passing.has(error.code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
      signal.throwIfAborted();
    }
  }
}

function notThere(source: UrlSource, path: string): UserError {
  return problem('model-file-missing', path, `is not at ${source.address}.`, {
    remedy: 'Check the address; the folder must be complete.',
  });
}

function cutOff(source: UrlSource, path: string, cause?: unknown): UserError {
  return problem('model-cut-off', path, `was cut off by ${source.host} or the network.`, {
    remedy: 'Resume: what was verified is kept.',
    cause,
  });
}

function noRanges(source: UrlSource, path: string): UserError {
  return problem('model-no-ranges', source.host, `gives ${path} only as a whole, and it is too large for that.`, {
    remedy: 'Download the folder and add it from disk, or use a server that answers Range requests.',
  });
}

function problem(code: string, subject: string, reason: string, more: { remedy: string; cause?: unknown }): UserError {
  return new UserError({ code, subject, reason, ...more });
}

// @vitest-environment node
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryDisk } from '../testing/memoryDisk.ts';
import { createFileHasher } from './checkedFile.ts';
import { fetchFiles } from './fetchFiles.ts';
import { createHttpFolder } from './httpFolder.ts';
import { openJournal } from './journal.ts';
import { createMeter } from './meter.ts';

const whole = Buffer.alloc(200_000, 7);
const half = whole.subarray(0, 100_000);
const file = { path: 'weights.bin', length: whole.length, sha256: createHash('sha256').update(whole).digest('hex') };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Fetches the file from a server that answers so. Resolves to the number of requests; rejects after 100 of them. */
async function fetchFrom(answer: RequestListener): Promise<number> {
  let requests = 0;
  const control = new AbortController();
  const server = createServer((request, response) => {
    if (++requests > 100) control.abort(new Error('asks again and again'));
    void answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const source = { kind: 'url', address: `http://127.0.0.1:${port}/`, name: 'a model', host: 'a host' } as const;
  const folder = await createMemoryDisk().folder('model');
  const journal = openJournal(await folder.open('journal'));
  await fetchFiles(
    {
      source: createHttpFolder(source, control.signal, fetch),
      folder,
      journal,
      hasher: createFileHasher(),
      meter: createMeter(
        { phase: 'downloading', doneBytes: 0, totalBytes: file.length },
        () => {},
        () => 0,
      ),
      signal: control.signal,
      stop: () => control.abort(),
    },
    [file],
  );
  expect(journal.has(file)).toBe(true);
  return requests;
}

/** Bytes from `range` on, or null without one. */
const startOf = (range: string | undefined) => (range ? Number(/bytes=(\d+)-/.exec(range)![1]) : null);

const withRanges =
  (body: Buffer): RequestListener =>
  ({ headers }, response) => {
    const start = startOf(headers.range);
    if (start !== null && start >= body.length) return response.writeHead(416).end('no such range');
    return response.writeHead(start === null ? 200 : 206).end(body.subarray(start ?? 0));
  };

describe('a file that is shorter at its source than it should be', () => {
  it('is named, not asked for without end: a server with ranges', async () => {
    await expect(fetchFrom(withRanges(half))).rejects.toMatchObject({ code: 'model-damaged', subject: file.path });
  });

  it('the same of a server without ranges', async () => {
    const failure = fetchFrom((_request, response) => response.end(half));
    await expect(failure).rejects.toMatchObject({ code: 'model-damaged', subject: file.path });
  });

  it('and of one that always breaks off', async () => {
    const failure = fetchFrom((_request, response) => {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(half, () => response.destroy());
    });
    await expect(failure).rejects.toMatchObject({ code: 'model-damaged', subject: file.path });
  });
});

describe('a connection that breaks off once', () => {
  const breakingOnce = (rest: RequestListener): RequestListener => {
    let isFirst = true;
    return (request, response) => {
      if (!isFirst) return rest(request, response);
      isFirst = false;
      response.writeHead(200, { 'content-length': whole.length });
      response.write(half, () => setTimeout(() => response.destroy(), 50));
    };
  };

  it('is taken up where it broke', async () => {
    expect(await fetchFrom(breakingOnce(withRanges(whole)))).toBe(2);
  });

  it('takes nothing from a server that answers with another range than it was asked for', async () => {
    const wrong: RequestListener = (request, response) => {
      const start = startOf(request.headers.range) ?? 0;
      response.writeHead(206, { 'content-range': `bytes 0-${whole.length - 1 - start}/${whole.length}` });
      response.end(whole.subarray(0, whole.length - start));
    };
    await expect(fetchFrom(breakingOnce(wrong))).rejects.toMatchObject({ code: 'model-wrong-range' });
  });

  it('is begun anew where the server has no ranges', async () => {
    expect(await fetchFrom(breakingOnce((_request, response) => response.end(whole)))).toBe(3);
  });
});

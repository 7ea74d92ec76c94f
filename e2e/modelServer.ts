/**
 * A web server with a model folder, and with what goes wrong on real ones: cut connections, damaged or missing files, no
 * ranges, slowness. It notes every request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Served {
  readonly path: string;
  /** First byte asked for. */
  readonly from: number;
  readonly method: string;
}

export interface Faults {
  /** Connections to this file are cut after so many bytes, so many times. */
  cut: Map<string, { after: number; times: number }>;
  /** One byte of this file is wrong, so many times. */
  flip: Map<string, number>;
  /** Of these files half is sent, the rest when they are taken out. */
  stalled: Set<string>;
  hasRanges: boolean;
  /** Pause before every 16 KiB. */
  pauseMs: number;
}

export interface ModelServer {
  readonly url: string;
  readonly served: Served[];
  readonly faults: Faults;
  /** Replaces what is served. */
  files: ReadonlyMap<string, Uint8Array>;
  close(): Promise<void>;
}

const pieceBytes = { careful: 16384, fast: 4 << 20 };

export async function serveModel(files: ReadonlyMap<string, Uint8Array>): Promise<ModelServer> {
  const faults: Faults = { cut: new Map(), flip: new Map(), stalled: new Set(), hasRanges: true, pauseMs: 0 };
  const served: Served[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const self = { files };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'range');
    response.setHeader('access-control-expose-headers', 'content-range, etag');
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname.split('/').pop() ?? '');
    const whole = self.files.get(path);
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec((faults.hasRanges && request.headers.range) || '') ?? [];
    const from = Number(first ?? 0);
    served.push({ path, from, method: request.method ?? '' });
    if (!whole) return void response.writeHead(404).end('Not found');
    const to = last ? Math.min(whole.length, Number(last) + 1) : whole.length;
    const length = to - from;
    const headers = { 'content-type': 'application/octet-stream', 'content-length': length, etag: `"${whole.length}"` };
    const range = { 'content-range': `bytes ${from}-${to - 1}/${whole.length}` };
    response.writeHead(first === undefined ? 200 : 206, first === undefined ? headers : { ...headers, ...range });
    if (request.method === 'HEAD') return void response.end();
    await send(response, path, damage(path, whole.subarray(from, to), length));
  }

  function damage(path: string, bytes: Uint8Array, length: number): Uint8Array {
    const times = faults.flip.get(path) ?? 0;
    // The one byte that is asked for to learn the size is not worth a fault.
    if (times === 0 || length < 2) return bytes;
    faults.flip.set(path, times - 1);
    const wrong = Uint8Array.from(bytes);
    wrong[Math.floor(wrong.length / 2)]! ^= 1;
    return wrong;
  }

  async function send(response: ServerResponse, path: string, bytes: Uint8Array): Promise<void> {
    const cut = bytes.length > 1 ? faults.cut.get(path) : undefined;
    const end = cut && cut.times > 0 ? Math.min(bytes.length, cut.after) : bytes.length;
    if (cut) cut.times -= 1;
    const step = faults.pauseMs > 0 || faults.stalled.has(path) ? pieceBytes.careful : pieceBytes.fast;
    for (let at = 0; at < end; at += step) {
      if (faults.pauseMs > 0) await wait(faults.pauseMs);
      while (at >= end / 2 && faults.stalled.has(path) && !response.destroyed) await wait(20);
      if (!response.write(bytes.subarray(at, Math.min(end, at + step))) && !response.destroyed) {
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      }
    }
    if (end === bytes.length) return void response.end();
    await wait(faults.pauseMs);
    response.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(self, {
    url: `http://localhost:${port}/model/`,
    served,
    faults,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

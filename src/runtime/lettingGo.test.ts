// @vitest-environment node
import { expose } from 'comlink';
import { afterEach, expect, it, vi } from 'vitest';
import { DEFAULT_WINDOW } from '@agentiad/core/image/windowLevel.ts';
import type { LibraryHealth } from '@agentiad/core/tools/difference/health.ts';
import { createEngine } from './client.ts';
import { lettingGo } from './lettingGo.ts';
import { valueOf, type EngineApi } from './messages.ts';
import { createPieceCutter } from './pictureClient.ts';
import type { PictureApi } from './pictureMessages.ts';
import type { ReadFile } from './compareMessages.ts';

afterEach(() => vi.unstubAllGlobals());

/** Workers that answer with `api`, in this process; counts the channels that are open between page and worker. */
function workersOf(api: object) {
  const open = new Set<MessageChannel>();
  const RealChannel = MessageChannel;
  const ends: MessagePort[] = [];
  class CountedChannel extends RealChannel {
    constructor() {
      super();
      open.add(this);
      ends.push(this.port1, this.port2);
      this.port1.addEventListener('close', () => open.delete(this));
    }
  }
  class TestWorker {
    constructor() {
      const { port1, port2 } = new RealChannel();
      ends.push(port1, port2);
      expose(api, port2);
      port1.start();
      return port1 as never;
    }
  }
  vi.stubGlobal('MessageChannel', CountedChannel);
  vi.stubGlobal('Worker', TestWorker);
  return { open, closeAll: () => ends.forEach((port) => port.close()) };
}

it('what is handed over for a call is let go of when it is answered, also when it fails', async () => {
  const api: Pick<PictureApi, 'cut'> = {
    cut: (file, _request, readFile) =>
      lettingGo([readFile], async () => {
        await readFile();
        if (file.name === 'broken') throw new Error('broken');
        return { ok: true, value: null };
      }),
  };
  const { open, closeAll } = workersOf(api);
  const pieces = createPieceCutter();
  const readFile = vi.fn(() => Promise.resolve(new ArrayBuffer(8)));
  const cut = (name: string) =>
    pieces.cut(
      { sha256: 'a', name, window: DEFAULT_WINDOW },
      { box: [0, 0, 1, 1], size: { width: 1, height: 1 } },
      readFile,
    );
  for (let at = 0; at < 20; at++) await cut('part.png');
  await expect(cut('broken')).rejects.toThrow('broken');
  await expect.poll(() => open.size).toBe(0);
  expect(readFile).toHaveBeenCalledTimes(21);
  closeAll();
});

it('inspecting opens no channel that stays, and good parts are read by whoever asked last', async () => {
  let readFile: ReadFile | null = null;
  const api: Pick<EngineApi, 'connect' | 'health'> = {
    connect: (_features, reader) => void (readFile = reader),
    health: (_library, onProgress) =>
      lettingGo([onProgress], async () => {
        onProgress(1, 2);
        valueOf(await readFile!('sha-of-a-good-part'));
        return { ok: true, value: { suspects: [], nearDuplicates: [], ratios: [] } as LibraryHealth };
      }),
  };
  const { open, closeAll } = workersOf(api);
  const engine = createEngine('http://localhost/', null, {
    get: () => Promise.resolve(null),
    put: () => Promise.resolve(),
  });
  await expect.poll(() => readFile).not.toBeNull();
  const atStart = open.size;
  const library = { category: 'cap', exemplars: [], window: DEFAULT_WINDOW };
  for (const caller of ['first', 'second', 'third']) {
    const read: string[] = [];
    const progress: number[] = [];
    await engine.health(
      library,
      (done) => progress.push(done),
      (sha256) => {
        read.push(`${caller}: ${sha256}`);
        return Promise.resolve(null);
      },
    );
    expect([read, progress]).toEqual([[`${caller}: sha-of-a-good-part`], [1]]);
  }
  await expect.poll(() => open.size).toBe(atStart);
  expect(atStart).toBe(2);
  closeAll();
});

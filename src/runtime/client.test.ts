// @vitest-environment node
import { DEFAULT_WINDOW } from '@agentiad/core/image/windowLevel.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from './client.ts';
import type { KeptFeatures } from './healthMessages.ts';

const NO_FEATURES: KeptFeatures = { get: () => Promise.resolve(null), put: () => Promise.resolve() };

/** A worker that never answers. */
class SilentWorker extends EventTarget {
  static last: SilentWorker | null = null;
  constructor() {
    super();
    SilentWorker.last = this;
  }
  postMessage() {}
}

const engineOfSilence = () => {
  vi.stubGlobal('Worker', SilentWorker);
  return { engine: createEngine('http://localhost/', null, NO_FEATURES), worker: SilentWorker.last! };
};

afterEach(() => vi.unstubAllGlobals());

describe('a worker that breaks', () => {
  it('fails what waits and what comes later, with cause and remedy', async () => {
    const { engine, worker } = engineOfSilence();
    const pending = [engine.start(null, () => {}), engine.prepare(new ArrayBuffer(1), 'a.png', DEFAULT_WINDOW)];
    worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    for (const call of [...pending, engine.prepare(new ArrayBuffer(1), 'b.png', DEFAULT_WINDOW)])
      await expect(call).rejects.toMatchObject({
        code: 'worker-broken',
        reason: 'stopped with an error: out of memory.',
        remedy: expect.stringContaining('reload'),
      });
  });

  it('is told apart from one that could not be loaded or understood', async () => {
    const { engine, worker } = engineOfSilence();
    const start = engine.start(null, () => {});
    worker.dispatchEvent(new Event('error'));
    await expect(start).rejects.toMatchObject({ reason: 'could not be loaded.' });
    const other = engineOfSilence();
    const unread = other.engine.start(null, () => {});
    other.worker.dispatchEvent(new Event('messageerror'));
    await expect(unread).rejects.toMatchObject({ reason: 'sent something this page cannot read.' });
  });
});

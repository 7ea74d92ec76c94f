import { expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import type { FeatureTower } from '../tools/difference/featureTower.ts';
import { makeLibrary, paintRaster } from '../tools/testing.ts';
import { createAgentRuntime, type OpenedRuntime } from './runtime.ts';
import { testBackbone } from './testing.ts';

/** Devices one after the other; the towers of the first `broken` ones lose theirs at first use. */
function devices(broken: number) {
  const opened: { lost: boolean; disposed: boolean }[] = [];
  const open = async (): Promise<OpenedRuntime> => {
    const state = { lost: false, disposed: false };
    const number = opened.push(state);
    const tower: FeatureTower = {
      id: 'test',
      sha256: 'b'.repeat(64),
      async extract() {
        if (number <= broken) {
          state.lost = true;
          throw new Error('mapAsync failed');
        }
        const values = Float32Array.from({ length: 4 * 4 * 2 }, (_, i) => (i % 2 === 0 ? 1 : 0));
        return { rows: 4, columns: 4, dimension: 2, patches: values, embedding: Float32Array.of(1, 0) };
      },
      extractFine: () => Promise.reject(new Error('not asked for')),
      dispose() {},
    };
    return {
      backbone: { ...testBackbone },
      tower,
      isLost: () => state.lost,
      dispose: async () => void (state.disposed = true),
    };
  };
  return { opened, open };
}

it('opens another device when Library match loses the first, and hands the policy the same one', async () => {
  const { opened, open } = devices(1);
  const runtime = await createAgentRuntime(open);
  const first = runtime.backbone;
  const set = makeLibrary(3);
  await runtime.match(set).nearest({ raster: paintRaster(64, 64), excludeSha256: 'none' });
  expect(opened).toHaveLength(2);
  expect(opened[0]!.disposed).toBe(true);
  expect(runtime.backbone).not.toBe(first);
  expect(await runtime.recovery.rebuild(first)).toBe(runtime.backbone);
  expect(opened).toHaveLength(2);
});

it('gives up after the third device', async () => {
  const { opened, open } = devices(9);
  const runtime = await createAgentRuntime(open);
  const call = runtime.match(makeLibrary(3)).nearest({ raster: paintRaster(64, 64), excludeSha256: 'none' });
  await expect(call).rejects.toThrow('mapAsync failed');
  expect(opened).toHaveLength(3);
});

it('takes the engine’s own errors for a loss, and no others', async () => {
  const runtime = await createAgentRuntime(devices(0).open);
  const error = (code: string) => new UserError({ code, subject: 'x', reason: 'y.', remedy: 'z.' });
  for (const code of ['device-lost', 'gpu-out-of-memory', 'gpu-timeout']) {
    expect(runtime.recovery.isLoss(error(code))).toBe(true);
  }
  expect(runtime.recovery.isLoss(error('exemplar-missing'))).toBe(false);
  expect(runtime.recovery.isLoss(new Error('a bug'))).toBe(false);
});

it('opens a device for the next inspection when there was none to be had after a loss', async () => {
  let isDisposed = false;
  let opens = 0;
  const { open } = devices(0);
  const runtime = await createAgentRuntime(async () => {
    if (++opens === 2) throw new UserError({ code: 'no-adapter', subject: 'x', reason: 'y.', remedy: 'z.' });
    const runtime = await open();
    if (opens > 2) return runtime;
    const extract = () => {
      if (isDisposed) throw new Error('No backend found in registry.');
      throw new UserError({ code: 'gpu-timeout', subject: 'x', reason: 'y.', remedy: 'z.' });
    };
    return { ...runtime, tower: { ...runtime.tower, extract }, dispose: async () => void (isDisposed = true) };
  });
  const nearest = () => runtime.match(makeLibrary(3)).nearest({ raster: paintRaster(64, 64), excludeSha256: 'none' });
  await expect(nearest()).rejects.toMatchObject({ code: 'no-adapter' });
  await nearest();
  expect(opens).toBe(3);
});

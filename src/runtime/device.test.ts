// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const started = vi.hoisted(() => ({ webgpu: true, wasm: true }));
vi.mock('@tensorflow/tfjs-core', async (original) => ({
  ...(await original<object>()),
  setBackend: (name: 'webgpu' | 'wasm') => Promise.resolve(started[name]),
  ready: () => Promise.resolve(),
}));
vi.mock('@tensorflow/tfjs-backend-wasm', () => ({ setWasmPaths: () => {} }));
vi.mock('@tensorflow/tfjs-backend-webgpu', () => ({ WebGPUBackend: class {} }));

import { chooseBackend } from './device.ts';

const info = { vendor: 'acme', architecture: '', device: '', description: '', isFallbackAdapter: false };
const device = { limits: {}, destroy: vi.fn(), addEventListener: () => {}, lost: new Promise(() => {}) };
const adapter = { info, limits: {}, features: new Set(), requestDevice: () => Promise.resolve(device as unknown) };
const offer = (requestAdapter: () => Promise<unknown>) => vi.stubGlobal('navigator', { gpu: { requestAdapter } });

beforeEach(() => {
  Object.assign(started, { webgpu: true, wasm: true });
  vi.stubGlobal('self', { isSecureContext: true, location: { href: 'http://localhost/' } });
});
afterEach(() => vi.unstubAllGlobals());

describe('left to itself, the page runs on WebAssembly and says why', () => {
  const refused = () => Promise.reject(new Error('driver says no'));

  it('when asking for an adapter fails', async () => {
    offer(refused);
    const reason = 'asking for a WebGPU adapter failed: driver says no';
    expect(await chooseBackend(null, () => {})).toMatchObject({ info: { name: 'wasm', reason }, device: null });
  });

  it('when the adapter gives no device', async () => {
    offer(() => Promise.resolve({ ...adapter, requestDevice: refused }));
    const reason = 'the graphics device did not start: driver says no';
    expect(await chooseBackend(null, () => {})).toMatchObject({ info: { name: 'wasm', reason }, device: null });
    await expect(chooseBackend('webgpu', () => {})).rejects.toMatchObject({ code: 'no-webgpu' });
  });

  it('when TensorFlow.js does not start on the device, which is let go of', async () => {
    offer(() => Promise.resolve(adapter));
    started.webgpu = false;
    expect(await chooseBackend(null, () => {})).toMatchObject({
      info: { name: 'wasm', reason: expect.stringContaining('could not start its WebGPU backend') as string },
    });
    expect(device.destroy).toHaveBeenCalled();
  });
});

describe('the cause is told apart', () => {
  it.each([
    ['insecure', { secure: false, gpu: undefined }],
    ['no-webgpu', { secure: true, gpu: undefined }],
    ['no-adapter', { secure: true, gpu: { requestAdapter: () => Promise.resolve(null) } }],
    [
      'software',
      {
        secure: true,
        gpu: { requestAdapter: () => Promise.resolve({ ...adapter, info: { ...info, isFallbackAdapter: true } }) },
      },
    ],
    [
      'no-device',
      {
        secure: true,
        gpu: {
          requestAdapter: () =>
            Promise.resolve({ ...adapter, requestDevice: () => Promise.reject(new Error('limit missing')) }),
        },
      },
    ],
  ])('%s', async (cause, { secure, gpu }) => {
    vi.stubGlobal('self', { isSecureContext: secure, location: { href: 'http://localhost/' } });
    vi.stubGlobal('navigator', { gpu });
    expect(await chooseBackend(null, () => {})).toMatchObject({ info: { name: 'wasm', cause } });
  });
});

describe('a backend that does not start', () => {
  it('is an error with a name when there is nothing to fall back to', async () => {
    started.wasm = false;
    await expect(chooseBackend('wasm', () => {})).rejects.toMatchObject({ code: 'backend-start' });
  });

  it('is none where WebGPU starts', async () => {
    offer(() => Promise.resolve(adapter));
    const chosen = await chooseBackend(null, () => {});
    expect(chosen).toMatchObject({ info: { name: 'webgpu', adapter: 'acme', reason: null }, device });
  });

  it('does not take the feature tower to a software adapter', async () => {
    const software = { ...adapter, info: { ...info, isFallbackAdapter: true } };
    offer(() => Promise.resolve(software));
    expect(await chooseBackend(null, () => {})).toMatchObject({ info: { name: 'wasm' } });
    started.webgpu = false; // TensorFlow.js on that device would fail here
    expect(await chooseBackend('webgpu', () => {})).toMatchObject({ info: { name: 'webgpu' }, device });
  });
});

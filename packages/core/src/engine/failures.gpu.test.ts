/** What can go wrong on a device ends in a UserError that names it, and leaves nothing behind. */
import { afterEach, describe, expect, it } from 'vitest';
import { readCapabilities } from '../kernels/capabilities.ts';
import { currentDevice } from '../kernels/testing/device.ts';
import { requestModelDevice } from '../model/webgpuBackend.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import type { EncodedWeights } from '../model/weightSource.ts';
import { createEngineBackbone, type EnginePhase } from './engine.ts';
import { createFittingEngine } from './fittingEngine.ts';
import type { EngineOptions } from './options.ts';
import { imageRun, testCard, testGeneration, testImage, testTokenizer, testWeights } from './testing.ts';

const config = tinyConfig();
const part = testImage(config, 8, 6, 1);
const prompt = [3, 37, ...imageRun(config, part), 36];
const { encoded } = testWeights(config, { scheme: 'f32' });
const loaded = { config, tokenizer: testTokenizer, card: testCard };

const devices: GPUDevice[] = [];
afterEach(() => devices.splice(0).forEach((device) => device.destroy()));

async function ownDevice(): Promise<GPUDevice> {
  const { gpu } = (globalThis as unknown as { navigator: { gpu: GPU } }).navigator;
  const device = await requestModelDevice((await gpu.requestAdapter())!);
  devices.push(device);
  return device;
}

function open(
  device: GPUDevice,
  options: Partial<EngineOptions> = {},
  weights: EncodedWeights = encoded,
  onPhase?: (phase: EnginePhase) => void,
) {
  return createEngineBackbone({ device, loaded, encoded: weights, options: { context: 128, ...options }, onPhase });
}

/** `device` on which buffers beyond `limit` bytes in sum are out of memory, as its error scopes tell. */
function withMemory(device: GPUDevice, limit: number): { device: GPUDevice; made: GPUBuffer[] } {
  const made: GPUBuffer[] = [];
  let bytes = 0;
  const proxy = new Proxy(device, {
    get(target, name) {
      if (name === 'createBuffer') {
        return (descriptor: GPUBufferDescriptor) => {
          const buffer = target.createBuffer(descriptor);
          bytes += descriptor.size;
          made.push(buffer);
          const destroy = buffer.destroy.bind(buffer);
          buffer.destroy = () => {
            bytes -= descriptor.size;
            return destroy();
          };
          return buffer;
        };
      }
      if (name === 'popErrorScope') {
        const isFull = bytes > limit;
        return async () => (await target.popErrorScope()) ?? (isFull ? { message: 'out of memory' } : null);
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  return { device: proxy, made };
}

describe('a device that goes away', () => {
  it('while tokens are generated: the wait ends with device-lost, and so does all that follows', async () => {
    const device = await ownDevice();
    const backbone = await open(device);
    const session = backbone.createSession();
    await session.prefill(prompt, [part]);
    let count = 0;
    const onToken = () => {
      if (++count === 9) device.destroy();
    };
    const lost = { code: 'device-lost' };
    await expect(session.generate(testGeneration({ maxNewTokens: 60, onToken }))).rejects.toMatchObject(lost);
    expect(count).toBeGreaterThanOrEqual(9);
    await expect(session.prefill([1], [])).rejects.toMatchObject(lost);
    await expect(backbone.createSession().prefill([1], [])).rejects.toMatchObject(lost);
    backbone.dispose();
  });

  it('while the model loads', async () => {
    const device = await ownDevice();
    const onPhase = () => device.destroy();
    await expect(open(device, {}, encoded, onPhase)).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('without a word: a hung device is told from a slow one by time', async () => {
    const device = await ownDevice();
    const isHung = { value: false };
    const timer = () => ({ done: isHung.value ? Promise.resolve() : new Promise<void>(() => {}), cancel: () => {} });
    const backbone = await open(device, { timer, timeoutMs: 5000 });
    const session = backbone.createSession();
    await session.prefill([1, 2, 3], []);
    isHung.value = true;
    await expect(session.generate(testGeneration())).rejects.toMatchObject({ code: 'gpu-timeout' });
    backbone.dispose();
  });
});

describe('a device that is too small', () => {
  it('has too little memory: said with what and how much, and nothing stays allocated', async () => {
    const whole = await ownDevice();
    const { device, made } = withMemory(whole, 60_000);
    const capabilities = readCapabilities(whole); // without the self-test, whose buffers would count too
    const failure = await open(device, { capabilities }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'gpu-out-of-memory' });
    expect(String(failure)).toMatch(/no room for .*: \d+ kB/);
    expect(made.length).toBeGreaterThan(0);
    for (const buffer of made) {
      whole.pushErrorScope('validation');
      const encoder = whole.createCommandEncoder();
      encoder.clearBuffer(buffer);
      whole.queue.submit([encoder.finish()]); // refused for a destroyed buffer
      expect((await whole.popErrorScope())?.message).toMatch(/destroyed/);
    }
  });

  it('has no room for the vision tower as well: that comes and goes with each image', async () => {
    const whole = await ownDevice();
    const capabilities = readCapabilities(whole, true); // quicker to compile on a software adapter
    const modes = [false, true].map(async (lowMemory) => {
      const backbone = await open(await ownDevice(), { capabilities, lowMemory });
      const { gpuBytes } = backbone.stats;
      backbone.dispose();
      return gpuBytes;
    });
    const [wholeBytes, lowBytes] = await Promise.all(modes);
    const { device } = withMemory(whole, (wholeBytes! + lowBytes!) / 2);
    const options = { context: 128, capabilities };
    const backbone = await createFittingEngine({ device, loaded, encoded, options });
    expect(backbone.stats.gpuBytes).toBe(lowBytes);
    const session = backbone.createSession();
    await session.prefill([3, 37, 12], []);
    expect((await session.generate(testGeneration({ maxNewTokens: 3 }))).ids).toHaveLength(3);
    session.dispose();
    backbone.dispose();
  });

  it('binds too little: the limit is named with the context that would fit', async () => {
    const small = { ...readCapabilities(currentDevice()), maxBindingBytes: 8192 };
    const failure = await open(currentDevice(), { context: 1024, capabilities: small }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'adapter-limits' });
    expect(String(failure)).toMatch(/maxStorageBufferBindingSize/);
  });
});

describe('a model whose numbers go wrong', () => {
  it('is stopped at the first token that is not a number', async () => {
    const broken: EncodedWeights = {
      ...encoded,
      async readRows(name, start, end) {
        const rows = await encoded.readRows(name, start, end);
        return name === 'model.norm.weight' ? { ...rows, codes: rows.codes.fill(0xff) } : rows;
      },
    };
    const backbone = await open(currentDevice(), {}, broken);
    const session = backbone.createSession();
    await session.prefill([1, 2, 3], []);
    const failure = await session.generate(testGeneration()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model-output' });
    expect(String(failure)).toMatch(/NaN/);
    backbone.dispose();
  });
});

describe('loading', () => {
  it('counts every byte, then prepares; memory is what the table says, and is given back', async () => {
    const phases: EnginePhase[] = [];
    const backbone = await open(currentDevice(), { imageCacheBytes: 0 }, encoded, (phase) => phases.push(phase));
    const bytes = phases.flatMap((phase) => (phase.phase === 'weights' ? [phase.bytes] : []));
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(phases.at(-1)).toEqual({ phase: 'preparing' });
    const loadedBytes = backbone.stats.gpuBytes;
    const table = backbone.memory(48);
    const expected = table.language + table.cache + table.activations + table.vision;
    expect(loadedBytes / expected).toBeGreaterThan(0.95);
    expect(loadedBytes / expected).toBeLessThan(1.05);
    const session = backbone.createSession();
    await session.prefill(prompt, [part]);
    expect(backbone.stats.peakGpuBytes).toBeLessThanOrEqual(1.05 * table.total);
    session.dispose();
    await backbone.createSession().prefill([1], []); // an image beyond the cache's size goes at the next look
    backbone.dispose();
    expect(backbone.stats.gpuBytes).toBe(0);
  });
});

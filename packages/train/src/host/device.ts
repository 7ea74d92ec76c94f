/**
 * Node's GPU: Dawn through the npm package `webgpu`. The only place of the training package that knows it. Dawn speaks
 * to Vulkan, Metal or D3D12; on Linux it needs `libvulkan.so.1` and a driver.
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import { describeAdapter, requestModelDevice, watchDevice } from '@agentiad/core/model/webgpuBackend.ts';

export interface HostDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** Destroys the device and lets go of Dawn, so that Node can exit. */
  dispose(): void;
}

/** Whether to go on with an adapter: software ones are much slower than the wasm backend. */
export type AdapterChoice = 'any' | 'hardware';

let gpu: GPU | null = null;

/** Node 20 has no `navigator`; TensorFlow.js reads its `userAgent` too. */
const host: typeof globalThis & { navigator?: object } = globalThis;

/**
 * The default adapter's device, or null when there is none (with `hardware`: none but a software one). Defines
 * `navigator.gpu` and the `GPU…` globals, which TensorFlow.js looks for. Errors the GPU reports later, invalid WGSL
 * among them, reach `onError`; without one they end the process as an uncaught exception.
 */
export async function openDevice(
  choice: AdapterChoice = 'any',
  onError: (error: Error) => void = throwUncaught,
): Promise<HostDevice | null> {
  gpu ??= await loadDawn();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter || (choice === 'hardware' && adapter.info.isFallbackAdapter)) {
    releaseDawn();
    return null;
  }
  const device = await requestModelDevice(adapter).catch((cause: unknown) => {
    releaseDawn();
    throw new UserError({
      code: 'gpu-device',
      subject: describeAdapter(adapter.info),
      reason: `does not give a device (${cause instanceof Error ? cause.message : String(cause)}).`,
      remedy: 'Update the graphics driver, or use --backend wasm.',
      cause,
    });
  });
  const unwatch = watchDevice(device, onError);
  return {
    device,
    info: adapter.info,
    dispose() {
      unwatch();
      device.destroy();
      releaseDawn();
    },
  };
}

async function loadDawn(): Promise<GPU> {
  let dawn: typeof import('webgpu');
  try {
    dawn = await import('webgpu');
  } catch (cause) {
    throw new UserError({
      code: 'gpu-library',
      subject: 'WebGPU in Node',
      reason: `the library for ${process.platform} ${process.arch} does not load (${(cause as Error).message}).`,
      remedy: 'On Linux it needs glibc 2.34 or later. Or use --backend wasm.',
      cause,
    });
  }
  Object.assign(globalThis, dawn.globals);
  const created = dawn.create([]);
  if (!host.navigator) {
    const navigator = { userAgent: `Node.js/${process.versions.node}` };
    Object.defineProperty(host, 'navigator', { value: navigator, configurable: true });
  }
  Object.defineProperty(host.navigator, 'gpu', { value: created, configurable: true });
  return created;
}

/** Node stays alive while Dawn's object is referenced. */
function releaseDawn(): void {
  gpu = null;
  if (host.navigator) Reflect.deleteProperty(host.navigator, 'gpu');
}

/** What a GPU reports behind the program's back is a bug in it: never to be passed over. */
export function throwUncaught(error: Error): void {
  process.nextTick(() => {
    throw error;
  });
}

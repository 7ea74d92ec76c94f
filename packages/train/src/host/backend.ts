/** Chooses the TensorFlow.js backend of a command (`--backend`) and gets it ready. */
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createDeviceGuard } from '@agentiad/core/engine/deviceGuard.ts';
import { describeAdapter, registerWebGpuBackend, unregisterWebGpuBackend } from '@agentiad/core/model/webgpuBackend.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { openDevice, type HostDevice } from './device.ts';

export const backendNames = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface SelectedBackend {
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /** What computes, for reports: the GPU adapter's name, or `wasm (SIMD, 1 thread)`, or `cpu (JavaScript)`. */
  readonly adapter: string;
  /** The device, where that is WebGPU: the engine runs on it. */
  readonly gpu: HostDevice | null;
  /** Frees what keeps Node alive. Tensors on a WebGPU backend are gone afterwards. */
  dispose(): Promise<void>;
}

/**
 * Makes `name` the current backend. `auto` is WebGPU on a hardware adapter, else wasm (software adapters are 10 to 400
 * times slower than wasm); `webgpu` takes any adapter and throws a UserError when there is none. The model's
 * operations bring their own gradients, so none need to be registered.
 */
export async function selectBackend(name: BackendName, onGpuError?: (error: Error) => void): Promise<SelectedBackend> {
  switch (name) {
    case 'auto': {
      const opened = await openHardware(onGpuError);
      return opened ? useWebGpu(opened) : useWasm();
    }
    case 'webgpu': {
      const opened = await openDevice('any', onGpuError);
      if (!opened) throw noAdapter();
      return useWebGpu(opened);
    }
    case 'wasm':
      return useWasm();
    case 'cpu':
      return useCpu();
  }
}

/** A machine whose GPU does not start (Dawn does not load, no device) is one without a GPU for `auto`. */
async function openHardware(onGpuError?: (error: Error) => void): Promise<HostDevice | null> {
  try {
    return await openDevice('hardware', onGpuError);
  } catch (error) {
    if (error instanceof UserError && (error.code === 'gpu-library' || error.code === 'gpu-device')) return null;
    throw error;
  }
}

/** What a device that still works takes for its last submissions at most. */
const lastWorkMs = 10_000;

async function useWebGpu(opened: HostDevice): Promise<SelectedBackend> {
  const idle = idleOf(opened.device, lastWorkMs);
  try {
    await registerWebGpuBackend(opened.device, opened.info);
  } catch (error) {
    // A device that nobody lets go of keeps Node alive.
    opened.dispose();
    throw error;
  }
  return {
    backend: 'webgpu',
    adapter: describeAdapter(opened.info),
    gpu: opened,
    async dispose() {
      await idle();
      unregisterWebGpuBackend();
      opened.dispose();
    },
  };
}

/** Waits until `device` has done what was submitted; no longer for one that is lost or hangs, which never will. */
export function idleOf(device: Pick<GPUDevice, 'lost' | 'queue'>, timeoutMs: number): () => Promise<void> {
  const guard = createDeviceGuard(device, { timeoutMs });
  return async () => {
    try {
      await guard.wait(device.queue.onSubmittedWorkDone(), 'its last work');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  };
}

/**
 * As `selectBackend`, for the engine: it needs a device only. On a software adapter TensorFlow.js, which the feature
 * tower uses, stays on wasm: it is many times faster there.
 */
export async function selectEngineBackend(
  name: BackendName,
  onGpuError?: (error: Error) => void,
): Promise<SelectedBackend> {
  if (name !== 'webgpu') return selectBackend(name, onGpuError);
  const opened = await openDevice('any', onGpuError);
  if (!opened) throw noAdapter();
  if (!opened.info.isFallbackAdapter) return useWebGpu(opened);
  await useWasm();
  return {
    backend: 'webgpu',
    adapter: describeAdapter(opened.info),
    gpu: opened,
    dispose: async () => opened.dispose(),
  };
}

async function useWasm(): Promise<SelectedBackend> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (!tf.engine().registry['wasm']) {
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(path.dirname(entry) + path.sep);
  }
  await activate('wasm');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return {
    backend: 'wasm',
    adapter: simd ? 'wasm (SIMD, 1 thread)' : 'wasm (1 thread)',
    gpu: null,
    async dispose() {},
  };
}

async function useCpu(): Promise<SelectedBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  // Otherwise it advertises another package on standard error.
  tf.enableProdMode();
  await activate('cpu');
  return { backend: 'cpu', adapter: 'cpu (JavaScript)', gpu: null, async dispose() {} };
}

async function activate(name: 'wasm' | 'cpu'): Promise<void> {
  if (await tf.setBackend(name)) return;
  throw new UserError({
    code: 'backend-start',
    subject: `The ${name} backend`,
    reason: 'does not start on this machine.',
    remedy: name === 'wasm' ? 'Use --backend cpu.' : 'Check the installation with npm ci.',
  });
}

export function noAdapter(): UserError {
  return new UserError({
    code: 'no-adapter',
    subject: 'WebGPU',
    reason: 'no adapter was found on this machine.',
    remedy:
      process.platform === 'linux'
        ? 'Install libvulkan1 and a Vulkan driver (software: `npm run setup:system` on Debian or Ubuntu), or use --backend wasm.'
        : 'Update the graphics driver, or use --backend wasm.',
  });
}

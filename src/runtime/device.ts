/**
 * Which backend runs the model in this browser, and why. WebGPU when there is a real adapter (software adapters are 10 to
 * 400 times slower than WebAssembly), else WebAssembly. The only place that looks at `navigator.gpu`.
 */
import {
  describeAdapter,
  registerWebGpuBackend,
  requestModelDevice,
  unregisterWebGpuBackend,
  watchDevice,
} from '@agentiad/core/model/webgpuBackend.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import * as tf from '@tensorflow/tfjs-core';
import wasmSimdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import type { BackendCause, BackendInfo, BackendName } from './messages.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

/** Where things run: a GPU device for the engine, or none, and what TensorFlow.js runs on. */
export interface ChosenBackend {
  readonly info: BackendInfo;
  /** The engine's device; null without WebGPU. */
  readonly device: GPUDevice | null;
  /** Lets go of the device; the current TensorFlow.js backend may go with it. */
  dispose(): void;
}

/**
 * `wanted` is the page's `?backend=`; null lets the machine decide. `onError` is told what the graphics device reports
 * on its own: a UserError `device-lost` when it is gone, any other Error for a mistake of ours.
 */
export async function chooseBackend(wanted: string | null, onError: (error: Error) => void): Promise<ChosenBackend> {
  if (wanted !== null && !BACKENDS.some((name) => name === wanted))
    throw new UserError({
      code: 'unknown-backend',
      subject: `backend=${wanted}`,
      reason: 'is not a backend.',
      remedy: `Use one of ${BACKENDS.join(', ')} in the address, or leave it out.`,
    });
  if (wanted === 'cpu') return useCpu();
  if (wanted === 'wasm') return useWasm({ cause: 'asked', reason: 'WebAssembly was asked for in the address' });
  const found = await findAdapter();
  if (wanted === 'webgpu') {
    if (!found.adapter) throw noWebGpu(`${found.reason}.`);
    return useWebGpu(found.adapter, onError).catch((cause: unknown) => {
      throw noWebGpu(`the graphics device did not start: ${messageOf(cause)}.`, cause);
    });
  }
  if (!found.adapter) return useWasm(found);
  const { info } = found.adapter;
  if (info.isFallbackAdapter)
    return useWasm({
      cause: 'software',
      reason: `the only WebGPU adapter is software: ${info.description || describeAdapter(info)}`,
    });
  try {
    return await useWebGpu(found.adapter, onError);
  } catch (error) {
    return useWasm({ cause: 'no-device', reason: `the graphics device did not start: ${messageOf(error)}` });
  }
}

interface Lacking {
  readonly cause: BackendCause;
  readonly reason: string;
}

async function findAdapter(): Promise<{ adapter: GPUAdapter } | ({ adapter: null } & Lacking)> {
  const without = (cause: BackendCause, reason: string) => ({ adapter: null, cause, reason });
  if (!self.isSecureContext)
    return without('insecure', 'opened over plain http from another machine, so the browser blocks WebGPU');
  // Typed as always there; older browsers have none.
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (!gpu) return without('no-webgpu', 'this browser has no WebGPU');
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    return adapter ? { adapter } : without('no-adapter', 'no WebGPU adapter was offered');
  } catch (error) {
    return without('no-adapter', `asking for a WebGPU adapter failed: ${messageOf(error)}`);
  }
}

/** On a software adapter TensorFlow.js, which the feature tower uses, stays on wasm: it is many times faster there. */
async function useWebGpu(adapter: GPUAdapter, onError: (error: Error) => void): Promise<ChosenBackend> {
  const device = await requestModelDevice(adapter);
  const isHardware = !adapter.info.isFallbackAdapter;
  try {
    await (isHardware ? registerWebGpuBackend(device, adapter.info) : startWasm());
  } catch (error) {
    device.destroy();
    throw error;
  }
  const unwatch = watchDevice(device, onError);
  const maxBindingBytes = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  return {
    info: { name: 'webgpu', adapter: describeAdapter(adapter.info), cause: null, reason: null, maxBindingBytes },
    device,
    dispose() {
      unwatch();
      if (isHardware) unregisterWebGpuBackend();
      device.destroy();
    },
  };
}

async function useWasm({ cause, reason }: Lacking): Promise<ChosenBackend> {
  await startWasm();
  return onProcessor({ name: 'wasm', adapter: 'WebAssembly on the processor', cause, reason });
}

async function startWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const absolute = (url: string) => new URL(url, self.location.href).href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': absolute(wasmUrl),
    'tfjs-backend-wasm-simd.wasm': absolute(wasmSimdUrl),
    'tfjs-backend-wasm-threaded-simd.wasm': absolute(wasmThreadedUrl),
  });
  await activate('wasm');
}

async function useCpu(): Promise<ChosenBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  await activate('cpu');
  return onProcessor({
    name: 'cpu',
    adapter: 'plain JavaScript on the processor',
    cause: 'asked',
    reason: 'plain JavaScript was asked for in the address',
  });
}

function onProcessor(info: Omit<BackendInfo, 'maxBindingBytes'>): ChosenBackend {
  return { info: { ...info, maxBindingBytes: null }, device: null, dispose() {} };
}

async function activate(name: 'wasm' | 'cpu'): Promise<void> {
  if (!(await tf.setBackend(name)))
    throw new UserError({
      code: 'backend-start',
      subject: `The ${name} backend`,
      reason: 'does not start in this browser.',
      remedy:
        name === 'wasm'
          ? 'Add ?backend=cpu to the address, which is slow, or use a current browser.'
          : 'Use a current browser.',
    });
  await tf.ready();
}

function noWebGpu(reason: string, cause?: unknown): UserError {
  const remedy = 'Open the page without ?backend=webgpu: it then runs on WebAssembly.';
  return new UserError({ code: 'no-webgpu', subject: 'WebGPU', reason, remedy, cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

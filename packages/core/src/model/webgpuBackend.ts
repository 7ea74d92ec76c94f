/**
 * TensorFlow.js on a WebGPU device of our own: the same two steps in the browser's worker and in Node. The hosts find
 * the adapter; what to ask of it and how to hand the device to TensorFlow.js is decided here.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../support/userError.ts';

/** Used when the adapter has them; everything must also run without. */
const wantedFeatures: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/**
 * Asks `adapter` for a device with the adapter's own limits (the defaults cap storage buffers at 128 MiB) and those of
 * `shader-f16`, `subgroups` and `timestamp-query` it has. Call once per adapter: WebGPU consumes it.
 */
export async function requestModelDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') requiredLimits[name] = value;
  }
  return adapter.requestDevice({
    label: 'agentiad',
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits,
  });
}

/**
 * Tells somebody outside about an asynchronous failure of `device`: a validation error or running out of memory as an
 * Error, its loss as a UserError `device-lost`. Call the returned function before destroying the device on purpose:
 * nothing is told from then on.
 */
export function watchDevice(device: GPUDevice, onError: (error: Error) => void): () => void {
  let isWatched = true;
  device.addEventListener('uncapturederror', (event) => {
    if (isWatched) onError(new Error(`WebGPU error: ${event.error.message}`));
  });
  void device.lost.then((loss) => {
    if (isWatched) onError(deviceLost(loss.message));
  });
  return () => {
    isWatched = false;
  };
}

/** The error of a device that is gone, for whoever waits for work on it. */
export function deviceLost(message: string): UserError {
  return new UserError({
    code: 'device-lost',
    subject: 'The graphics device',
    reason: `was lost${message === '' ? '' : ` (${message})`}.`,
    remedy: 'Try again; close other programs that use the graphics card, or run without WebGPU.',
  });
}

/**
 * Makes `device` the current TensorFlow.js backend. It must be named `webgpu`, because the kernels are registered under
 * that name, so one registered earlier is removed (its tensors are lost). `navigator.gpu` must be there before the
 * call: TensorFlow.js looks at it while loading, which is why it is loaded here and not at the top. Throws when
 * TensorFlow.js cannot start on the device.
 */
export async function registerWebGpuBackend(device: GPUDevice, adapterInfo: GPUAdapterInfo): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  unregisterWebGpuBackend();
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapterInfo));
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js could not start its WebGPU backend');
}

/** Frees the backend's buffers and every tensor on it; the device stays the caller's to destroy. */
export function unregisterWebGpuBackend(): void {
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
}

/** A name for people: what the driver calls the adapter, with what is needed to tell software from hardware. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device, info.description].filter((word) => word !== '');
  const name = words.length > 0 ? words.join(' ') : 'unnamed adapter';
  return info.isFallbackAdapter ? `${name} (software)` : name;
}

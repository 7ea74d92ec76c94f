/** A device's ceilings, each as raw times and the work done in each: memory reads and copies, multiply-adds, dispatches. */
import type { Capabilities } from '../kernels/capabilities.ts';
import { bindKernel, dispatch, type Pipelines } from '../kernels/pipelines.ts';
import { createDeviceGuard } from './deviceGuard.ts';
import { createGpuMemory } from './gpuMemory.ts';
import {
  ceilingLanes,
  emptyKernel,
  multiplyFlops,
  multiplyKernel,
  readBytes,
  readKernel,
} from './microBenchKernels.ts';
import { median, type GpuTimer, type Timing } from './microBenchTimer.ts';

export interface BenchGpu {
  readonly device: GPUDevice;
  readonly capabilities: Capabilities;
  readonly pipelines: Pipelines;
  readonly timer: GpuTimer;
}

/** The same work timed several times. */
export interface Sampled {
  /** Bytes, operations or dispatches of one sample. */
  readonly work: number;
  readonly ms: readonly number[];
}

/** Work per second, from the median time. */
export function rateOf({ work, ms }: Sampled): number {
  return work / (median(ms) / 1000);
}

const mebibyte = 2 ** 20;

/** GPU time where there is one: it leaves the host's submission out. */
export function deviceMs({ gpuMs, wallMs }: Timing): number {
  return gpuMs ?? wallMs;
}

/** How often and how long to time; `limit` ends the samples early, after one at least. */
export interface SampleOptions {
  readonly samples: number;
  /** Work is repeated within a sample until it takes this long; 0: once. */
  readonly minimumMs: number;
  /** The work has run before: no run to warm up. */
  readonly isWarm?: boolean;
  readonly limit?: { readonly clock: () => number; readonly endMs: number };
}

const mostRepeats = 2000;

/** Times `record`, ms of one run each, after a run to warm up and one or two that say how often to repeat. */
export async function timeRepeated(
  gpu: BenchGpu,
  record: (pass: GPUComputePassEncoder) => void,
  { samples, minimumMs, isWarm = false, limit }: SampleOptions,
): Promise<number[]> {
  if (!isWarm) await gpu.timer.time(record);
  const count = minimumMs === 0 ? 1 : await repeatsFor(gpu, record, minimumMs);
  const ms: number[] = [];
  while (ms.length < samples && (ms.length === 0 || !limit || limit.clock() < limit.endMs)) {
    ms.push(deviceMs(await gpu.timer.time((pass) => repeat(pass, record, count))) / count);
  }
  return ms;
}

async function repeatsFor(
  { timer }: BenchGpu,
  record: (pass: GPUComputePassEncoder) => void,
  minimumMs: number,
): Promise<number> {
  const repeatsAt = (ms: number) => Math.min(mostRepeats, Math.max(1, Math.ceil(minimumMs / ms)));
  const first = repeatsAt((await timer.time(record)).wallMs);
  if (first === 1) return 1;
  // A short run's wall time is mostly submission: repeat by what repeating shows.
  return repeatsAt(deviceMs(await timer.time((pass) => repeat(pass, record, first))) / first);
}

function repeat(pass: GPUComputePassEncoder, record: (pass: GPUComputePassEncoder) => void, count: number): void {
  for (let i = 0; i < count; i++) record(pass);
}

/** Reads `bytes` (less where the device binds less) by a reduction. */
export async function measureRead(gpu: BenchGpu, bytes: number, options: SampleOptions): Promise<Sampled> {
  const { device, capabilities, pipelines } = gpu;
  const groups = capabilities.isSoftware ? 64 : 8192;
  const size = boundBytes(capabilities, bytes);
  const compiled = await pipelines.compile(readKernel(size / 16, groups));
  return withBuffers(device, [size, 4 * ceilingLanes * groups], async (buffers) => {
    const recorded = bindKernel(device, compiled, buffers);
    const ms = await timeRepeated(gpu, (pass) => dispatch(pass, recorded, [groups, 1, 1]), options);
    return { work: readBytes(size / 16, groups), ms };
  });
}

const copiesPerSample = 16;

/** Copies `bytes` from one buffer to another; counts what is read and what is written. By the host's clock. */
export async function measureCopy(
  { device, capabilities }: BenchGpu,
  bytes: number,
  samples: number,
  clock: () => number,
): Promise<Sampled> {
  const size = boundBytes(capabilities, bytes);
  const copies = capabilities.isSoftware ? 1 : copiesPerSample;
  return withBuffers(device, [size, size], async ([from, to]) => {
    const run = async () => {
      const started = clock();
      const encoder = device.createCommandEncoder();
      for (let i = 0; i < copies; i++) encoder.copyBufferToBuffer(from!, 0, to!, 0, size);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return clock() - started;
    };
    await run();
    const ms: number[] = [];
    while (ms.length < samples) ms.push(await run());
    return { work: 2 * size * copies, ms };
  });
}

/** Multiply-adds in registers. `f16` needs tier 2. */
export async function measureMultiply(gpu: BenchGpu, type: 'f32' | 'f16', options: SampleOptions): Promise<Sampled> {
  const { device, capabilities, pipelines } = gpu;
  const { groups, rounds } = capabilities.isSoftware ? { groups: 64, rounds: 256 } : { groups: 16384, rounds: 1024 };
  const compiled = await pipelines.compile(multiplyKernel(type, rounds));
  return withBuffers(device, [4 * ceilingLanes * groups], async (buffers) => {
    const recorded = bindKernel(device, compiled, buffers);
    const ms = await timeRepeated(gpu, (pass) => dispatch(pass, recorded, [groups, 1, 1]), options);
    return { work: multiplyFlops(rounds, groups), ms };
  });
}

/**
 * One dispatch after another that depends on it, as recorded in a token: `wall` with encoding and submission by the host,
 * `gpu` on the device alone (null without timestamps).
 */
export async function measureDispatch(
  gpu: BenchGpu,
  count: number,
  samples: number,
): Promise<{ wall: Sampled; gpu: Sampled | null }> {
  const { device, pipelines, timer } = gpu;
  const compiled = await pipelines.compile(emptyKernel);
  return withBuffers(device, [4], async (buffers) => {
    const recorded = bindKernel(device, compiled, buffers);
    const run = () =>
      timer.time((pass) => {
        for (let i = 0; i < count; i++) dispatch(pass, recorded, [1, 1, 1]);
      });
    await run();
    const timings: Timing[] = [];
    while (timings.length < samples) timings.push(await run());
    const stamped = timings.map(({ gpuMs }) => gpuMs).filter((ms) => ms !== null);
    return {
      wall: { work: count, ms: timings.map(({ wallMs }) => wallMs) },
      gpu: stamped.length === samples ? { work: count, ms: stamped } : null,
    };
  });
}

function boundBytes({ maxBindingBytes, maxBufferBytes }: Capabilities, bytes: number): number {
  return Math.floor(Math.min(bytes, maxBindingBytes, maxBufferBytes) / mebibyte) * mebibyte;
}

/** A measurement that takes longer than this hangs. */
const timeoutMs = 600_000;

/** Storage buffers that live as long as `use` runs. Throws as `openBuffers`. */
export async function withBuffers<T>(
  device: GPUDevice,
  sizes: readonly number[],
  use: (buffers: readonly GPUBuffer[]) => Promise<T>,
): Promise<T> {
  const { buffers, dispose } = await openBuffers(device, sizes);
  try {
    return await use(buffers);
  } finally {
    dispose();
  }
}

/**
 * Storage buffers of `sizes` bytes. Where there is no room for them it throws the UserErrors `gpu-out-of-memory` and
 * `adapter-limits`; the device reports nothing to anybody else.
 */
export async function openBuffers(
  device: GPUDevice,
  sizes: readonly number[],
): Promise<{ readonly buffers: readonly GPUBuffer[]; readonly dispose: () => void }> {
  const memory = createGpuMemory(device, createDeviceGuard(device, { timeoutMs }));
  const plans = sizes.map((bytes, index) => ({ name: `buffer ${index}`, bytes }));
  const made = await memory.allocate('measuring', plans);
  return { buffers: [...made.values()], dispose: () => memory.dispose() };
}

/**
 * What a run of a model will take on this device, from measurements of two seconds at most: memory bandwidth, the
 * engine's own int4 products, the cost of a dispatch. The prediction is arithmetic on the result, which can be stored.
 */
import type { Capabilities } from '../kernels/capabilities.ts';
import { matrixBytes, rowStride } from '../kernels/layout.ts';
import type { Kernel, Workgroups } from '../kernels/kernel.ts';
import { gemmKernel, gemmWorkgroups } from '../kernels/linear/gemm.ts';
import { gemvKernel, gemvWorkgroups } from '../kernels/linear/gemv.ts';
import { bindKernel, createPipelines, dispatch } from '../kernels/pipelines.ts';
import {
  measureDispatch,
  measureRead,
  rateOf,
  timeRepeated,
  withBuffers,
  type BenchGpu,
  type Sampled,
  type SampleOptions,
} from './microBenchCeilings.ts';
import { createGpuTimer } from './microBenchTimer.ts';

/** Plain numbers: can be stored and sent between threads. */
export interface DeviceSpeed {
  readonly schema: 'agentiad-device-speed/1';
  readonly tier: number;
  readonly isSoftware: boolean;
  /** Bytes a second of a plain reduction. */
  readonly readRate: number;
  /** Bytes of int4 weights a second through the engine's matrix-vector product (decoding). */
  readonly decodeRate: number;
  /** Operations a second of the engine's int4 matrix product at 64 rows (prompt and images). */
  readonly prefillRate: number;
  /** Seconds from one dispatch to the next that depends on it. */
  readonly dispatchSeconds: number;
  /** What measuring took. */
  readonly seconds: number;
}

export interface MicroBenchHost {
  readonly device: GPUDevice;
  readonly capabilities: Capabilities;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Two seconds by default; every part is measured once at least. */
  readonly budgetMs?: number;
}

const columns = 2048;
const prefillRows = 64;
const parts = 4;

/** Measures the device. Throws when a kernel does not compile or the device is lost. */
export async function measureDeviceSpeed(host: MicroBenchHost): Promise<DeviceSpeed> {
  const { device, capabilities, clock, budgetMs = 2000 } = host;
  const started = clock();
  const timer = createGpuTimer(device, clock, capabilities.isSoftware);
  const gpu: BenchGpu = { device, capabilities, pipelines: createPipelines(device), timer };
  const part = (index: number): SampleOptions => ({
    samples: 3,
    minimumMs: capabilities.isSoftware ? 0 : 20,
    limit: { clock, endMs: started + (budgetMs * index) / parts },
  });
  // Large enough to leave a GPU's caches, small enough for two seconds on a processor.
  const rows = capabilities.isSoftware ? 512 : 49152;
  try {
    const read = await measureRead(gpu, capabilities.isSoftware ? 8 * 2 ** 20 : 256 * 2 ** 20, part(1));
    const { wall } = await measureDispatch(gpu, capabilities.isSoftware ? 100 : 1000, 3);
    const decode = await measureDecode(gpu, rows, part(3));
    const prefill = await measurePrefill(gpu, capabilities.isSoftware ? 256 : 8192, part(4));
    return {
      schema: 'agentiad-device-speed/1',
      tier: capabilities.tier,
      isSoftware: capabilities.isSoftware,
      readRate: rateOf(read),
      decodeRate: rateOf(decode),
      prefillRate: rateOf(prefill),
      dispatchSeconds: 1 / rateOf(wall),
      seconds: (clock() - started) / 1000,
    };
  } finally {
    timer.dispose();
  }
}

async function measureDecode(gpu: BenchGpu, rows: number, options: SampleOptions): Promise<Sampled> {
  const spec = {
    format: 'q4',
    rows,
    columns,
    norm: null,
    epilogue: { kind: 'store' },
    hasBias: false,
    outStart: 0,
    inputRow: 'first',
  } as const;
  const { codes, scales } = matrixBytes('q4', rows, columns);
  const sizes = [codes, scales, 4 * columns, 4, 64, 4 * rowStride(rows)];
  const kernel = gemvKernel(spec, gpu.capabilities);
  const ms = await timeKernel(gpu, kernel, gemvWorkgroups(spec, gpu.capabilities), sizes, 1, options);
  return { work: codes + scales, ms };
}

async function measurePrefill(gpu: BenchGpu, rows: number, options: SampleOptions): Promise<Sampled> {
  const spec = {
    format: 'q4',
    rows,
    columns,
    epilogue: 'store',
    hasBias: false,
    outStart: 0,
    outWidth: rows,
  } as const;
  const { codes, scales } = matrixBytes('q4', rows, columns);
  const m = prefillRows;
  const sizes = [codes, scales, 4 * columns * m, 4, 4 * (4 + 3 * m), 4 * rowStride(rows) * m];
  const kernel = gemmKernel(spec, gpu.capabilities);
  const ms = await timeKernel(gpu, kernel, gemmWorkgroups(spec, m, gpu.capabilities), sizes, m, options);
  return { work: 2 * rows * columns * m, ms };
}

const passBinding = 4;

/** Times a kernel of the engine on zeroed buffers of `sizes` bytes in the order of its bindings. */
async function timeKernel(
  gpu: BenchGpu,
  kernel: Kernel,
  workgroups: Workgroups,
  sizes: readonly number[],
  passRows: number,
  options: SampleOptions,
): Promise<number[]> {
  const { device, pipelines } = gpu;
  const compiled = await pipelines.compile(kernel);
  return withBuffers(device, sizes, (buffers) => {
    device.queue.writeBuffer(buffers[passBinding]!, 0, new Uint32Array([passRows, 0, 0, 0]));
    const recorded = bindKernel(device, compiled, buffers);
    return timeRepeated(gpu, (pass) => dispatch(pass, recorded, workgroups), options);
  });
}

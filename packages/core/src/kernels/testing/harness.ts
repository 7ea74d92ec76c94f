/**
 * Runs one kernel on real buffers and compares it with its float64 reference. Every output lies between canaries, so that
 * a write out of bounds shows. The same cases run in Node and in the browser, on every tier the device has.
 */
import { atTier, readCapabilities, tiers, type Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { bindKernel, createPipelines, dispatch, type Pipelines } from '../pipelines.ts';

export interface TestGpu {
  readonly device: GPUDevice;
  readonly capabilities: Capabilities;
  readonly pipelines: Pipelines;
}

export interface CaseResult {
  /** Largest error, as a share of the reference's largest magnitude. */
  readonly relative: number;
  readonly limit: number;
  readonly passed: boolean;
  /** What is wrong, in words; empty when it passed. */
  readonly problem: string;
}

/** One kernel at one shape. `run` makes its own inputs from a fixed seed. */
export interface KernelCase {
  readonly name: string;
  run(gpu: TestGpu): Promise<CaseResult>;
}

export type TestData = Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** A buffer of a case: `data` as uploaded; outputs are read back. Byte lengths are multiples of 4. */
export interface TestBuffer {
  readonly data: TestData;
  readonly isOutput?: boolean;
}

const canary = 0x7fc0dead; // a NaN when read as f32
const canaryWords = 64;
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 };

/** `device` at each tier it can run, best last. */
export function testGpus(device: GPUDevice): TestGpu[] {
  const best = readCapabilities(device);
  const pipelines = createPipelines(device);
  return tiers
    .filter((tier) => tier <= best.tier)
    .map((tier) => ({ device, capabilities: atTier(best, tier), pipelines }));
}

/** Dispatches `kernel` once and returns the outputs' bytes as f32. Throws when a canary was overwritten. */
export async function runKernel(
  gpu: TestGpu,
  kernel: Kernel,
  buffers: readonly TestBuffer[],
  workgroups: Workgroups,
): Promise<Float32Array[]> {
  const { device, pipelines } = gpu;
  const compiled = await pipelines.compile(kernel);
  const made: GPUBuffer[] = [];
  const create = (size: number, flags: number) => {
    const buffer = device.createBuffer({ size, usage: flags });
    made.push(buffer);
    return buffer;
  };
  try {
    const alignment = device.limits.minStorageBufferOffsetAlignment;
    const bindings = buffers.map(({ data }, i) => {
      const kind = kernel.bindings[i] === 'uniform' ? usage.uniform : usage.storage;
      const size = alignment + data.byteLength + 4 * canaryWords;
      const buffer = create(Math.ceil(size / 4) * 4, kind | usage.copySource | usage.copyTarget);
      device.queue.writeBuffer(buffer, 0, new Uint32Array(buffer.size / 4).fill(canary));
      device.queue.writeBuffer(buffer, alignment, Uint8Array.from(bytesOf(data)));
      return { buffer, offset: alignment, size: data.byteLength };
    });
    const recorded = bindKernel(device, compiled, bindings);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    dispatch(pass, recorded, workgroups);
    pass.end();
    const copies = bindings.flatMap((binding, i) => {
      if (!buffers[i]!.isOutput) return [];
      const copy = create(binding.buffer.size, usage.mapRead | usage.copyTarget);
      encoder.copyBufferToBuffer(binding.buffer, 0, copy, 0, copy.size);
      return [{ copy, size: binding.size, name: `binding ${i} of ${kernel.label}` }];
    });
    device.queue.submit([encoder.finish()]);
    const outputs: Float32Array[] = [];
    for (const { copy, size, name } of copies) {
      await copy.mapAsync(usage.mapRead);
      const words = new Uint32Array(copy.getMappedRange().slice(0));
      const isIntact = (from: number, to: number) => words.subarray(from, to).every((word) => word === canary);
      const end = (alignment + size) / 4;
      if (!isIntact(0, alignment / 4)) throw new Error(`${name} was written before its start`);
      if (!isIntact(end, words.length)) throw new Error(`${name} was written past its end`);
      outputs.push(new Float32Array(words.buffer.slice(alignment, alignment + size)));
    }
    return outputs;
  } finally {
    for (const buffer of made) buffer.destroy();
  }
}

/** Judges `actual` by its largest error relative to the largest magnitude of `expected`; NaN, Inf and all zeros fail. */
export function judge(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number): CaseResult {
  let largest = 0;
  let worst = 0;
  let at = 0;
  let isZero = true;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!Number.isFinite(actual[i]!)) {
      return { relative: Infinity, limit, passed: false, problem: `value ${i} is ${actual[i]}, not ${expected[i]}` };
    }
    if (actual[i] !== 0) isZero = false;
    if (error > worst) {
      worst = error;
      at = i;
    }
  }
  const relative = largest > 0 ? worst / largest : worst;
  if (actual.length !== expected.length) {
    return { relative, limit, passed: false, problem: `${actual.length} values instead of ${expected.length}` };
  }
  if (isZero && largest > 0) return { relative, limit, passed: false, problem: 'every value is zero' };
  const passed = relative <= limit;
  return { relative, limit, passed, problem: passed ? '' : `value ${at} is ${actual[at]}, not ${expected[at]}` };
}

function bytesOf(data: TestData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

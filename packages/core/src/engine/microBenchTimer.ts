/** Times recorded compute work: the GPU's own timestamps where the device has them, else the clock around a submission. */

export interface Timing {
  /** Encoding, submission and completion, by the host's clock. */
  readonly wallMs: number;
  /** Between the pass's own timestamps; null without `timestamp-query`. */
  readonly gpuMs: number | null;
}

export interface GpuTimer {
  /** Runs one compute pass to completion. */
  time(record: (pass: GPUComputePassEncoder) => void): Promise<Timing>;
  dispose(): void;
}

const usage = { mapRead: 1, copySource: 4, copyTarget: 8, queryResolve: 512 };
const mapModeRead = 1;

/**
 * `clock` gives milliseconds. Timestamps are coarse on purpose (100 µs and more), so time passes of 10 ms and more. A
 * software adapter is timed by the clock alone, which is finer and as near to its work.
 */
export function createGpuTimer(device: GPUDevice, clock: () => number, isSoftware: boolean): GpuTimer {
  const queries = !isSoftware && device.features.has('timestamp-query') ? createQueries(device) : null;
  return {
    async time(record) {
      const started = clock();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass(queries ? { timestampWrites: queries.writes } : undefined);
      record(pass);
      pass.end();
      queries?.resolve(encoder);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return { wallMs: clock() - started, gpuMs: queries ? await queries.read() : null };
    },
    dispose: () => queries?.dispose(),
  };
}

function createQueries(device: GPUDevice) {
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: usage.queryResolve | usage.copySource });
  const readable = device.createBuffer({ size: 16, usage: usage.mapRead | usage.copyTarget });
  return {
    writes: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    resolve(encoder: GPUCommandEncoder): void {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readable, 0, 16);
    },
    /** Milliseconds; null when the device's stamps make no sense (a reset clock, both zero). */
    async read(): Promise<number | null> {
      await readable.mapAsync(mapModeRead);
      const [begin, end] = new BigUint64Array(readable.getMappedRange().slice(0));
      readable.unmap();
      return end! > begin! ? Number(end! - begin!) / 1e6 : null;
    },
    dispose(): void {
      querySet.destroy();
      resolved.destroy();
      readable.destroy();
    },
  };
}

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

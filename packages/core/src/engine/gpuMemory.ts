/** Buffers of the engine: made under error scopes, counted, and freed together. */
import { UserError } from '../support/userError.ts';
import type { DeviceGuard } from './deviceGuard.ts';

/** GPUBufferUsage flags: core has no WebGPU globals. */
export const usages = { mapRead: 1, copySource: 4, copyTarget: 8, storage: 128 } as const;

export interface BufferPlan {
  /** Unique within its group; steps bind buffers by it. */
  readonly name: string;
  readonly bytes: number;
  /** Storage that can be copied from and to by default. */
  readonly usage?: number;
}

export type Buffers = ReadonlyMap<string, GPUBuffer>;

export interface GpuMemory {
  /** Bytes of all buffers that live now, and the most there ever were. */
  readonly bytes: number;
  readonly peakBytes: number;
  /**
   * Makes zeroed buffers for `purpose` (words for the error). Throws the UserErrors `gpu-out-of-memory` and
   * `adapter-limits`; nothing stays allocated then.
   */
  allocate(purpose: string, plans: readonly BufferPlan[]): Promise<Buffers>;
  release(buffers: Buffers): void;
  /** Frees everything that was allocated. */
  dispose(): void;
}

const storage = usages.storage | usages.copySource | usages.copyTarget;

export function createGpuMemory(device: GPUDevice, guard: DeviceGuard): GpuMemory {
  const alive = new Set<GPUBuffer>();
  let bytes = 0;
  let peakBytes = 0;

  const release = (buffers: Iterable<GPUBuffer>) => {
    for (const buffer of buffers) {
      if (!alive.delete(buffer)) continue;
      bytes -= buffer.size;
      buffer.destroy();
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    async allocate(purpose, plans) {
      guard.check();
      const wanted = plans.reduce((sum, plan) => sum + sizeOf(plan), 0);
      const made = new Map<string, GPUBuffer>();
      device.pushErrorScope('out-of-memory');
      device.pushErrorScope('validation');
      try {
        for (const plan of plans) {
          const buffer = device.createBuffer({ label: plan.name, size: sizeOf(plan), usage: plan.usage ?? storage });
          made.set(plan.name, buffer);
          alive.add(buffer);
          bytes += buffer.size;
        }
        peakBytes = Math.max(peakBytes, bytes);
      } finally {
        const invalid = device.popErrorScope();
        const exhausted = device.popErrorScope();
        const errors = await guard.wait(Promise.all([exhausted, invalid]), `allocating ${purpose}`).catch((error) => {
          release(made.values());
          throw error;
        });
        if (errors.some((error) => error !== null)) release(made.values());
        if (errors[0]) throw outOfMemory(purpose, wanted, bytes, errors[0]);
        if (errors[1]) throw refused(purpose, wanted, errors[1]);
      }
      return made;
    },
    release: (buffers) => release(buffers.values()),
    dispose: () => release([...alive]),
  };
}

/** A binding is never empty, and sizes are multiples of 4. */
function sizeOf(plan: BufferPlan): number {
  return Math.max(16, Math.ceil(plan.bytes / 4) * 4);
}

export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.ceil(bytes / 1e6)} MB`;
}

function outOfMemory(purpose: string, wanted: number, held: number, cause?: GPUError): UserError {
  return new UserError({
    code: 'gpu-out-of-memory',
    subject: 'The graphics memory',
    reason: `has no room for ${purpose}: ${megabytes(wanted)}, beside the ${megabytes(held)} in use.`,
    remedy: 'Close other programs that use the GPU, choose the low-memory mode, or take a smaller model.',
    cause,
  });
}

function refused(purpose: string, wanted: number, cause: GPUError): UserError {
  return new UserError({
    code: 'adapter-limits',
    subject: 'The graphics device',
    reason: `refuses the ${megabytes(wanted)} for ${purpose} (${cause.message.split('\n')[0]}).`,
    remedy: 'Use a shorter context or smaller images, or run on another device.',
    cause,
  });
}

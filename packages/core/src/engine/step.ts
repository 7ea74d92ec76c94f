/** One dispatch of a recorded sequence as plain data: what runs, on which named buffers, and about how much work it is. */
import type { Kernel, Workgroups } from '../kernels/kernel.ts';

export interface Step {
  readonly kernel: Kernel;
  /** Names of buffers (or of ranges of them), in the order of the kernel's bindings. */
  readonly buffers: readonly string[];
  /** For passes of that many rows. */
  readonly workgroups: (rows: number) => Workgroups;
  /** Floating-point operations for that many rows. */
  readonly cost: (rows: number) => number;
}

/** Bound where a kernel has a binding it does not use; 16 bytes of zeros. */
export const unused = 'unused';

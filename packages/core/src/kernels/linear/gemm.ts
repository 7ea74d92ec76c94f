/**
 * Matrix product of M = pass[0] rows for prefill and the vision tower: out [M, rowStride(outWidth)] =
 * epilogue(x [M, rowStride(columns)] · Wᵀ + bias). Bindings: codes, scales, x, vectors (bias), pass, out; scales and
 * vectors are 4 bytes where there are none.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { gemmDirectKernel, gemmDirectWorkgroups } from './gemmDirect.ts';
import type { GemmSpec } from './gemmSpec.ts';
import { gemmTiledKernel, gemmTiledWorkgroups } from './gemmTiled.ts';

export type { GemmEpilogue, GemmSpec } from './gemmSpec.ts';

export function gemmKernel(spec: GemmSpec, capabilities: Capabilities): Kernel {
  return capabilities.isSoftware ? gemmDirectKernel(spec, capabilities) : gemmTiledKernel(spec, capabilities);
}

/** For M = `m`. */
export function gemmWorkgroups(spec: GemmSpec, m: number, capabilities: Capabilities): Workgroups {
  return capabilities.isSoftware ? gemmDirectWorkgroups(spec, m) : gemmTiledWorkgroups(spec, m);
}

/** Every kernel case there is, by family: the same list runs on Node's adapters and in the browser. */
import { attentionCases } from './attention/cases.ts';
import { gemmCases } from './linear/gemmCases.ts';
import { gemvCases } from './linear/gemvCases.ts';
import { normCases } from './norm/cases.ts';
import { ropeCases } from './rope/cases.ts';
import { samplerCases } from './sampler/cases.ts';
import type { KernelCase } from './testing/harness.ts';
import { tokenCases } from './tokens/cases.ts';

export const kernelCases = {
  gemv: gemvCases,
  gemm: gemmCases,
  norm: normCases,
  rope: ropeCases,
  attention: attentionCases,
  tokens: tokenCases,
  sampler: samplerCases,
} as const satisfies Record<string, readonly KernelCase[]>;

export type KernelFamily = keyof typeof kernelCases;
export const kernelFamilies = Object.keys(kernelCases) as KernelFamily[];

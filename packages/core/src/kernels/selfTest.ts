/**
 * A few kernel cases run on the user's own device before the engine relies on it: some drivers compute wrong numbers
 * without any error. A tier whose kernels do not compile or miss their reference is given up for the one below.
 */
import { UserError } from '../support/userError.ts';
import { attentionCases } from './attention/cases.ts';
import { atTier, tiers, type Capabilities, type Tier } from './capabilities.ts';
import { gemmCases } from './linear/gemmCases.ts';
import { gemvCases } from './linear/gemvCases.ts';
import { createPipelines } from './pipelines.ts';
import { samplerCases } from './sampler/cases.ts';
import type { KernelCase } from './testing/harness.ts';

export interface SelfTestReport {
  /** What the engine may use. */
  readonly capabilities: Capabilities;
  /** Why higher tiers were given up: the first case that failed on each. */
  readonly failures: readonly { readonly tier: Tier; readonly kernel: string; readonly problem: string }[];
}

/**
 * One of each kind that a driver can get wrong: nibbles, tiles, splits with subgroups, reductions in workgroup memory. The
 * forms that the engine uses there: those for GPUs take software adapters long to compile.
 */
const chosen: Record<'hardware' | 'software', readonly (readonly [cases: readonly KernelCase[], name: string])[]> = {
  hardware: [
    [gemvCases, 'gemv q4 37x96 norm, bias, residual (hardware shape)'],
    [gemmCases, 'gemm q4 65 rows, 50x96 gatedSilu bias'],
    [attentionCases, 'decode attention f16 16/2x128, 257 tokens in 3: the last split is short (hardware form)'],
    [samplerCases, 'sampler: top-p of ties, 1691 ids'],
  ],
  software: [
    [gemvCases, 'gemv q4 37x96 norm, bias, residual (software shape)'],
    [gemmCases, 'gemm q4 65 rows, 50x96 gatedSilu bias'],
    [attentionCases, 'decode attention f16 16/2x128, 257 tokens in 3: the last split is short (software form)'],
    [samplerCases, 'sampler: top-p of ties, 1691 ids'],
  ],
};

export function selfTestCases(isSoftware: boolean): readonly KernelCase[] {
  return chosen[isSoftware ? 'software' : 'hardware'].map(([cases, name]) => {
    const found = cases.find((kernelCase) => kernelCase.name === name);
    if (!found) throw new Error(`the self-test's case "${name}" is gone`);
    return found;
  });
}

/**
 * The highest tier of `capabilities`, or below, that passes `cases`. Throws a UserError `gpu-wrong-results` when none
 * does.
 */
export async function selfTest(
  device: GPUDevice,
  capabilities: Capabilities,
  cases: readonly KernelCase[] = selfTestCases(capabilities.isSoftware),
): Promise<SelfTestReport> {
  const pipelines = createPipelines(device);
  const failures: SelfTestReport['failures'][number][] = [];
  for (const tier of tiers.filter((lower) => lower <= capabilities.tier).toReversed()) {
    const lowered = tier === capabilities.tier ? capabilities : atTier(capabilities, tier);
    const failure = await firstFailure(cases, { device, capabilities: lowered, pipelines });
    if (!failure) return { capabilities: lowered, failures };
    failures.push({ tier, ...failure });
  }
  const { kernel, problem } = failures.at(-1)!;
  throw new UserError({
    code: 'gpu-wrong-results',
    subject: 'The graphics device',
    reason: `It computes wrong results (${kernel}: ${problem}).`,
    remedy: 'Update the graphics driver or the browser, or use another device.',
  });
}

async function firstFailure(cases: readonly KernelCase[], gpu: Parameters<KernelCase['run']>[0]) {
  for (const { name, run } of cases) {
    try {
      const { passed, problem } = await run(gpu);
      if (!passed) return { kernel: name, problem };
    } catch (error) {
      return { kernel: name, problem: error instanceof Error ? error.message : String(error) };
    }
  }
  return null;
}

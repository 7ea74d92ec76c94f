import { describe, expect, it } from 'vitest';
import type { Capabilities, Tier } from './capabilities.ts';
import { selfTest, selfTestCases } from './selfTest.ts';
import type { KernelCase } from './testing/harness.ts';

const capabilities: Capabilities = {
  tier: 2,
  isSoftware: false,
  maxBindingBytes: 2 ** 30,
  maxBufferBytes: 2 ** 30,
  maxWorkgroupBytes: 32768,
  maxInvocations: 1024,
};
const device = {} as GPUDevice; // the fake kernels below do not touch it

/** A kernel that gives a wrong number, or does not compile, on some tiers. */
function fakeKernel(fault: 'wrong' | 'uncompilable', faulty: readonly Tier[]): KernelCase {
  return {
    name: `${fault} kernel`,
    async run({ capabilities: { tier } }) {
      const isFaulty = faulty.includes(tier);
      if (isFaulty && fault === 'uncompilable') throw new Error('Kernel x does not compile: line 1');
      const problem = isFaulty ? 'value 3 is 7, not 8' : '';
      return { relative: isFaulty ? 0.1 : 0, limit: 1e-5, passed: !isFaulty, problem };
    },
  };
}

describe('self-test of a graphics device', () => {
  it('finds its kernels among the cases', () => {
    for (const isSoftware of [false, true]) expect(selfTestCases(isSoftware)).toHaveLength(4);
  });

  it('keeps the best tier where every kernel is right', async () => {
    const report = await selfTest(device, capabilities, [fakeKernel('wrong', [])]);
    expect(report).toEqual({ capabilities, failures: [] });
  });

  it('gives up a tier that computes wrong numbers, and says which kernel', async () => {
    const report = await selfTest(device, capabilities, [fakeKernel('wrong', []), fakeKernel('wrong', [2])]);
    expect(report.capabilities).toEqual({ ...capabilities, tier: 1 });
    expect(report.failures).toEqual([{ tier: 2, kernel: 'wrong kernel', problem: 'value 3 is 7, not 8' }]);
  });

  it('goes down to tier 0 and its limits where the others do not compile', async () => {
    const report = await selfTest(device, capabilities, [fakeKernel('uncompilable', [1, 2])]);
    expect(report.capabilities).toMatchObject({ tier: 0, maxInvocations: 256, maxWorkgroupBytes: 16384 });
    expect(report.failures.map(({ tier }) => tier)).toEqual([2, 1]);
  });

  it('does not use a device that is wrong on every tier', async () => {
    await expect(selfTest(device, capabilities, [fakeKernel('wrong', [0, 1, 2])])).rejects.toMatchObject({
      code: 'gpu-wrong-results',
      reason: expect.stringContaining('value 3 is 7'),
    });
  });
});

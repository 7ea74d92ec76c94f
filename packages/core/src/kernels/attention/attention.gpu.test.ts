import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { attentionCases } from './cases.ts';

describe.each(attentionCases)('$name', (kernelCase) => {
  it('agrees with float64 on every tier', async () => {
    for (const gpu of testGpus(currentDevice())) {
      const result = await kernelCase.run(gpu);
      expect(result.problem, `tier ${gpu.capabilities.tier}, error ${result.relative}`).toBe('');
    }
  });
});

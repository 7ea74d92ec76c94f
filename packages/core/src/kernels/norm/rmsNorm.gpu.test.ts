import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { normCases } from './cases.ts';

describe('RMSNorm agrees with float64', () => {
  it.each(normCases)('$name', async (kernelCase) => {
    for (const gpu of testGpus(currentDevice())) {
      const result = await kernelCase.run(gpu);
      expect(result, `tier ${gpu.capabilities.tier}`).toMatchObject({ passed: true, problem: '' });
    }
  });
});

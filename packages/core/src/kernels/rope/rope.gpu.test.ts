import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { ropeCases } from './cases.ts';

describe('rotary kernels agree with float64', () => {
  it.each(ropeCases)('$name', async (kernelCase) => {
    for (const gpu of testGpus(currentDevice())) {
      const result = await kernelCase.run(gpu);
      expect(result, `tier ${gpu.capabilities.tier}`).toMatchObject({ passed: true, problem: '' });
    }
  });
});

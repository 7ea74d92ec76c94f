import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { gemvCases } from './gemvCases.ts';

describe('matrix-vector kernels', () => {
  it.each(gemvCases)('$name on every tier', async (kernelCase) => {
    for (const gpu of testGpus(currentDevice())) {
      const result = await kernelCase.run(gpu);
      expect(result, `tier ${gpu.capabilities.tier}`).toMatchObject({ passed: true, problem: '' });
    }
  });
});

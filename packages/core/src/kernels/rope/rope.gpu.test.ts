import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { ropeCases } from './cases.ts';

describe('rotary kernels agree with float64', () => {
  for (const { name, run } of ropeCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}`).toMatchObject({ passed: true, problem: '' });
      }
    });
  }
});

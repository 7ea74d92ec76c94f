import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { gemmCases } from './gemmCases.ts';

describe('matrix product of several rows agrees with float64', () => {
  for (const { name, run } of gemmCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}`).toMatchObject({ problem: '', passed: true });
      }
    });
  }
});

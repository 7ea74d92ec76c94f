import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { normCases } from './cases.ts';

describe('RMSNorm agrees with float64', () => {
  for (const { name, run } of normCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}`).toMatchObject({ passed: true, problem: '' });
      }
    });
  }
});

import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { samplerCases } from './cases.ts';

describe('sampler on the GPU picks what the host picks', () => {
  for (const { name, run } of samplerCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}`).toMatchObject({ problem: '', passed: true });
      }
    });
  }
});

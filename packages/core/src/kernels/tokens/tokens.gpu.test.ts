import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { tokenCases } from './cases.ts';

describe('rows move to where they belong', () => {
  for (const { name, run } of tokenCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}`).toMatchObject({ problem: '', passed: true });
      }
    });
  }
});

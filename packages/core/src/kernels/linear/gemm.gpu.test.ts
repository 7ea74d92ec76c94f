import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus, type TestGpu } from '../testing/harness.ts';
import { gemmCases } from './gemmCases.ts';

/** Every tier, each with the variant for hardware and the one for software adapters. */
function variants(): TestGpu[] {
  return testGpus(currentDevice()).flatMap((gpu) =>
    [false, true].map((isSoftware) => ({ ...gpu, capabilities: { ...gpu.capabilities, isSoftware } })),
  );
}

describe('matrix product of several rows agrees with float64', () => {
  for (const { name, run } of gemmCases) {
    it(name, async () => {
      for (const gpu of variants()) {
        expect(await run(gpu), `tier ${gpu.capabilities.tier}, software ${gpu.capabilities.isSoftware}`).toMatchObject({
          problem: '',
          passed: true,
        });
      }
    });
  }
});

import { describe, expect, it } from 'vitest';
import { currentDevice } from '../testing/device.ts';
import { testGpus } from '../testing/harness.ts';
import { attentionCases } from './cases.ts';

describe('attention agrees with float64 on every tier', () => {
  for (const { name, run } of attentionCases) {
    it(name, async () => {
      for (const gpu of testGpus(currentDevice())) {
        const result = await run(gpu);
        expect(result.problem, `tier ${gpu.capabilities.tier}, error ${result.relative}`).toBe('');
      }
    });
  }
});

import { describe, expect, it } from 'vitest';
import { readCapabilities } from '../kernels/capabilities.ts';
import { currentDevice } from '../kernels/testing/device.ts';
import { measureDeviceSpeed } from './microBench.ts';

describe('micro-benchmark', () => {
  it('gives rates of this device that can be stored', async () => {
    const device = currentDevice();
    const capabilities = readCapabilities(device, true);
    const speed = await measureDeviceSpeed({ device, capabilities, clock: () => performance.now(), budgetMs: 400 });
    for (const rate of [speed.readRate, speed.decodeRate, speed.prefillRate, speed.dispatchSeconds]) {
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThan(1e15);
    }
    expect(JSON.parse(JSON.stringify(speed))).toEqual(speed);
  });
});

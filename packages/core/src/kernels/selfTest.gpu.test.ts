import { expect, it } from 'vitest';
import { readCapabilities } from './capabilities.ts';
import { selfTest } from './selfTest.ts';
import { currentDevice } from './testing/device.ts';

it('this adapter passes the self-test on its best tier', async () => {
  const device = currentDevice();
  const capabilities = readCapabilities(device);
  expect(await selfTest(device, capabilities)).toEqual({ capabilities, failures: [] });
});

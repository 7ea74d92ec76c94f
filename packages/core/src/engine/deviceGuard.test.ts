import { describe, expect, it } from 'vitest';
import { createDeviceGuard, type Timer } from './deviceGuard.ts';

function fakeDevice() {
  let lose: (info: GPUDeviceLostInfo) => void = () => {};
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve;
  });
  return { lost, lose: (message: string) => lose({ message, reason: 'unknown' } as GPUDeviceLostInfo) };
}

/** Ends every wait at once. */
const impatient: Timer = () => ({ done: Promise.resolve(), cancel: () => {} });
const patient: Timer = () => ({ done: new Promise(() => {}), cancel: () => {} });

describe('waiting for a device', () => {
  it('gives the result, and an error of the work itself', async () => {
    const guard = createDeviceGuard(fakeDevice(), { timeoutMs: 1000 });
    expect(await guard.wait(Promise.resolve(7), 'it')).toBe(7);
    await expect(guard.wait(Promise.reject(new Error('bad shader')), 'it')).rejects.toThrow('bad shader');
  });

  it('ends with the loss of the device, for work that never ends and for all work after it', async () => {
    const device = fakeDevice();
    const guard = createDeviceGuard(device, { timeoutMs: 1000, timer: patient });
    const waits = [guard.wait(new Promise(() => {}), 'one'), guard.wait(new Promise(() => {}), 'two')];
    device.lose('driver reset');
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'device-lost' });
    expect(() => guard.check()).toThrow(/driver reset/);
    expect(() => guard.wait(Promise.resolve(), 'three')).toThrow(/driver reset/);
  });

  it('takes the loss for the cause when a call fails just before it is reported', async () => {
    const device = fakeDevice();
    const guard = createDeviceGuard(device, { timeoutMs: 60_000 });
    const wait = guard.wait(Promise.reject(new Error('mapAsync failed')), 'reading');
    device.lose('gone');
    await expect(wait).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('names the work that a hung device does not finish', async () => {
    const guard = createDeviceGuard(fakeDevice(), { timeoutMs: 30_000, timer: impatient });
    const wait = guard.wait(new Promise(() => {}), 'encoding an image');
    await expect(wait).rejects.toMatchObject({ code: 'gpu-timeout' });
    await expect(wait).rejects.toThrow(/encoding an image within 30 s/);
  });
});

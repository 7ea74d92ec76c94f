import { describe, expect, it, vi } from 'vitest';
import { openCamera, type CameraHost } from './camera.ts';

const track = () => {
  const listeners = new Map<string, () => void>();
  return {
    listeners,
    stop: vi.fn(),
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
    getSettings: () => ({ deviceId: 'usb' }),
  };
};

function hostWith(getUserMedia: () => Promise<unknown>, isSecure = true): CameraHost {
  const enumerateDevices = () =>
    Promise.resolve([
      { kind: 'videoinput', deviceId: 'usb', label: 'Bench camera' },
      { kind: 'audioinput', deviceId: 'mic', label: 'Microphone' },
    ]);
  return { isSecure, devices: { getUserMedia, enumerateDevices } as unknown as CameraHost['devices'] };
}

describe('opening a camera', () => {
  it('tells which there are, and lets go of it', async () => {
    const one = track();
    const lost = vi.fn();
    const stream = { getVideoTracks: () => [one], getTracks: () => [one] };
    const camera = await openCamera(
      hostWith(() => Promise.resolve(stream)),
      null,
      lost,
    );
    expect(camera).toMatchObject({ deviceId: 'usb', devices: [{ id: 'usb', name: 'Bench camera' }] });
    one.listeners.get('ended')!();
    expect(lost.mock.calls[0]![0]).toMatchObject({ code: 'camera-unplugged' });
    camera.stop();
    expect(one.stop).toHaveBeenCalledOnce();
  });

  it.each([
    ['NotAllowedError', 'camera-denied'],
    ['NotFoundError', 'camera-none'],
    ['OverconstrainedError', 'camera-none'],
    ['NotReadableError', 'camera-busy'],
    ['TypeError', 'camera-failed'],
  ])('names %s', async (name, code) => {
    const host = hostWith(() => Promise.reject(new DOMException('no', name)));
    await expect(openCamera(host, null, () => {})).rejects.toMatchObject({ code });
  });

  it('tells an insecure page from a browser without cameras', async () => {
    const without = { devices: undefined };
    await expect(openCamera({ ...without, isSecure: false }, null, () => {})).rejects.toMatchObject({
      code: 'camera-insecure',
    });
    await expect(openCamera({ ...without, isSecure: true }, null, () => {})).rejects.toMatchObject({
      code: 'camera-unsupported',
    });
  });
});

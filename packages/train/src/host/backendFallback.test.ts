import { UserError } from '@agentiad/core/support/userError.ts';
import { describe, expect, it, vi } from 'vitest';
import { selectBackend } from './backend.ts';

vi.mock('./device.ts', () => ({
  openDevice: () =>
    Promise.reject(new UserError({ code: 'gpu-device', subject: 'acme', reason: 'no device.', remedy: 'None.' })),
}));

describe('a GPU that gives no device', () => {
  it('leaves auto to wasm and is an error with a name for webgpu', async () => {
    const selected = await selectBackend('auto');
    expect(selected.backend).toBe('wasm');
    await selected.dispose();
    await expect(selectBackend('webgpu')).rejects.toMatchObject({ code: 'gpu-device' });
  });
});

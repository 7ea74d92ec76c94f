import { expect, it } from 'vitest';
import { withBuffers } from './microBenchCeilings.ts';

/** A device that notes out-of-memory in the innermost scope for it; what no scope takes reaches the page. */
function fullDevice() {
  const scopes: { filter: string; error: unknown }[] = [];
  const uncaptured: string[] = [];
  const destroyed: number[] = [];
  const device = {
    lost: new Promise(() => {}),
    pushErrorScope: (filter: string) => void scopes.push({ filter, error: null }),
    popErrorScope: () => Promise.resolve(scopes.pop()!.error),
    createBuffer({ size }: { size: number }) {
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope) scope.error = { message: 'no room' };
      else uncaptured.push('no room');
      return { size, destroy: () => void destroyed.push(size) };
    },
  };
  return { device: device as unknown as GPUDevice, uncaptured, destroyed };
}

it('does not measure on a device without room for it, says so, and troubles nobody else', async () => {
  const { device, uncaptured, destroyed } = fullDevice();
  let isUsed = false;
  const use = () => Promise.resolve(void (isUsed = true));
  await expect(withBuffers(device, [1024, 64], use)).rejects.toMatchObject({ code: 'gpu-out-of-memory' });
  expect({ isUsed, uncaptured, destroyed }).toEqual({ isUsed: false, uncaptured: [], destroyed: [1024, 64] });
});

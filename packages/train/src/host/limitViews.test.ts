import { expect, it } from 'vitest';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { SHIPPED_MODEL, SHIPPED_TOWER } from '../commands/options.ts';
import { openAgentHost } from './agentHost.ts';
import { limitViews } from './limitViews.ts';

it('lowers the area of views, never raises it', () => {
  const processor = parseProcessorConfig({ min_pixels: 3136, max_pixels: 12544 });
  expect(limitViews(processor, undefined)).toBe(processor);
  expect(limitViews(processor, 6272)).toMatchObject({ minPixels: 3136, maxPixels: 6272 });
  expect(limitViews(processor, 1568)).toMatchObject({ minPixels: 1568, maxPixels: 1568 });
  expect(limitViews(processor, 99999)).toMatchObject({ minPixels: 3136, maxPixels: 12544 });
});

it('is what an evaluation with --view-pixels inspects with', async () => {
  const host = await openAgentHost({ backend: 'wasm', model: SHIPPED_MODEL, tower: SHIPPED_TOWER, viewPixels: 3136 });
  expect(host.deps.model.processor).toMatchObject({ minPixels: 3136, maxPixels: 3136 });
  await host.dispose();
});

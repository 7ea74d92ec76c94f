import { describe, expect, it } from 'vitest';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import { readCapabilities } from '../kernels/capabilities.ts';
import { schemePolicy } from '../model/weightSchemePolicy.ts';
import { encodeWeights } from '../model/encodeWeights.ts';
import { createHashWeights } from '../model/hashWeights.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import { expectInspection, tokenCost } from './expectedRun.ts';
import type { DeviceSpeed } from './microBench.ts';
import { defaultOptions } from './options.ts';
import { planEngine } from './plan.ts';

const limits = { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 } as GPUSupportedLimits;
const capabilities = readCapabilities({ features: new Set(), limits: { ...limits } }, false);
const speed: DeviceSpeed = {
  schema: 'agentiad-device-speed/1',
  tier: 1,
  isSoftware: false,
  readRate: 1e9,
  decodeRate: 1e9,
  prefillRate: 1e9,
  dispatchSeconds: 1e-6,
  seconds: 1,
};

function planned(change: Record<string, unknown> = {}) {
  const config = tinyConfig(change);
  const encoded = encodeWeights(createHashWeights(config), schemePolicy({ scheme: 'q4' }));
  return { config, plan: planEngine(config, encoded, capabilities, defaultOptions) };
}

describe('what the page says an inspection will take', () => {
  it('halves when the device is twice as fast', () => {
    const model = planned();
    const twice = {
      ...speed,
      readRate: 2e9,
      decodeRate: 2e9,
      prefillRate: 2e9,
      dispatchSeconds: speed.dispatchSeconds / 2,
    };
    const processor = parseProcessorConfig({});
    const slow = expectInspection(model, processor, speed).seconds;
    expect(expectInspection(model, processor, twice).seconds).toBeCloseTo(slow / 2, 9);
  });

  it('grows with the pixels the model takes', () => {
    const model = planned();
    const small = expectInspection(model, parseProcessorConfig({ max_pixels: 56 * 56 }), speed);
    const large = expectInspection(model, parseProcessorConfig({ max_pixels: 1e6 }), speed);
    expect(large.visionSeconds).toBeGreaterThan(10 * small.visionSeconds);
  });

  it('does not count an embedding table of its own, of which a token reads one row', () => {
    const tied = planned({ tie_word_embeddings: true });
    const untied = planned({ tie_word_embeddings: false });
    expect(tokenCost(untied.config, untied.plan).weightBytes).toBe(tokenCost(tied.config, tied.plan).weightBytes);
  });
});

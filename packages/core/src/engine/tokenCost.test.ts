import { describe, expect, it } from 'vitest';
import { readCapabilities } from '../kernels/capabilities.ts';
import { schemePolicy } from '../model/weightSchemePolicy.ts';
import { encodeWeights } from '../model/encodeWeights.ts';
import { createHashWeights } from '../model/hashWeights.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import { defaultOptions } from './options.ts';
import { planEngine } from './plan.ts';
import { tokenCost } from './tokenCost.ts';

const limits = { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 } as GPUSupportedLimits;
const capabilities = readCapabilities({ features: new Set(), limits: { ...limits } }, false);
function planned(change: Record<string, unknown> = {}) {
  const config = tinyConfig(change);
  const encoded = encodeWeights(createHashWeights(config), schemePolicy({ scheme: 'q4' }));
  return { config, plan: planEngine(config, encoded, capabilities, defaultOptions) };
}

describe('the cost of a token', () => {
  it('does not count an embedding table of its own, of which a token reads one row', () => {
    const tied = planned({ tie_word_embeddings: true });
    const untied = planned({ tie_word_embeddings: false });
    expect(tokenCost(untied.config, untied.plan).weightBytes).toBe(tokenCost(tied.config, tied.plan).weightBytes);
  });
});

import { describe, expect, it } from 'vitest';
import { planEngine } from '@agentiad/core/engine/plan.ts';
import { defaultOptions } from '@agentiad/core/engine/options.ts';
import type { Capabilities } from '@agentiad/core/kernels/capabilities.ts';
import { createEstimate } from './estimate.ts';
import { stepKey, type KernelTime } from './kernels.ts';
import { randomEncodedWeights } from './randomModel.ts';
import { config3b, oneLayer } from './shapes.ts';

const capabilities: Capabilities = {
  tier: 2,
  isSoftware: true,
  maxBindingBytes: 2 ** 27,
  maxBufferBytes: 2 ** 31,
  maxWorkgroupBytes: 32768,
  maxInvocations: 1024,
};
const config = config3b();
const small = oneLayer(config);
const options = { context: 8192, chunkRows: 64 };

/** Every kernel of one layer at 1 ms, on one row after 1,023 tokens or on 64 rows. */
const times = new Map<string, KernelTime>();
const plan = planEngine(small, randomEncodedWeights(small, { scheme: 'q4' }, 1), capabilities, {
  ...defaultOptions,
  ...options,
});
for (const step of [...plan.language.decode, ...plan.language.head, ...plan.sample]) {
  times.set(stepKey(step), { ms: 1, rows: 1, cached: 1023 });
}
for (const step of plan.language.prefill) times.set(stepKey(step), { ms: 1, rows: 64, cached: 1023 });
const encoded = randomEncodedWeights(config, { scheme: 'q4' }, 1);

describe('estimate of the whole model from one layer', () => {
  const estimate = createEstimate(config, encoded, capabilities, options, times);

  it('counts every dispatch of every layer', () => {
    expect(estimate.token(1023)).toBeCloseTo(estimate.dispatchesPerToken, 6);
  });

  it('scales attention alone with the context', () => {
    const attention = 36;
    expect(estimate.token(2047)! - estimate.token(1023)!).toBeCloseTo(attention, 0);
  });

  it('scales a prompt with its rows', () => {
    const gemms = 36 * 7; // all but attention
    expect(estimate.prefill(128)! - estimate.prefill(64)!).toBeGreaterThan(gemms);
    expect(estimate.prefill(128)! / estimate.prefill(64)!).toBeLessThan(3);
  });

  it('gives nothing where a kernel was not timed', () => {
    expect(estimate.vision(1024)).toBeNull();
  });
});

/**
 * Every kernel case in the browser, on the two tiers that Chromium's SwiftShader has: what Node's GPU tests check on
 * their adapter, with another subgroup size (4), without f16, and within the smallest limits.
 */
import { expect, test } from '@playwright/test';
import { kernelCases, kernelFamilies } from '@agentiad/core/kernels/cases.ts';
import { openHarness } from './harness/harnessPage.ts';

test.describe('own kernels in the browser', () => {
  test.setTimeout(300_000); // compiling them is most of it

  for (const family of kernelFamilies) {
    test(`${family} agrees with its reference on tiers 0 and 1`, async ({ page }) => {
      const harness = await openHarness(page);
      for (const tier of [0, 1] as const) {
        const run = await harness.runKernels(family, tier);
        expect(run, `tier ${tier}`).toEqual({ cases: kernelCases[family].length, failures: [] });
      }
    });
  }

  test('the self-test finds the adapter sound on its best tier', async ({ page }) => {
    const harness = await openHarness(page);
    expect(await harness.selfTest()).toMatchObject({ capabilities: { tier: 1 }, failures: [] });
  });
});

/** The specs' side of the harness page: typed calls in place of `page.evaluate`. */
import type { Page } from '@playwright/test';
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import type { Tier } from '@agentiad/core/kernels/capabilities.ts';
import type { KernelFamily } from '@agentiad/core/kernels/cases.ts';
import type { SelfTestReport } from '@agentiad/core/kernels/selfTest.ts';
import type { BackendName, Outcome } from '../../src/runtime/messages.ts';
import { harnessUrl } from './address.ts';
import type { GoldenJob, GoldenRun, KernelRun } from './api.ts';

export interface HarnessPage {
  /** The adapter's name. Throws when the backend is not to be had: a machine without it must not pass silently. */
  start(backend: BackendName): Promise<string>;
  runGolden(job: GoldenJob): Promise<GoldenRun>;
  runKernels(family: KernelFamily, tier: Tier): Promise<KernelRun>;
  selfTest(): Promise<SelfTestReport>;
  /** What the studio's worker makes of a file. */
  decode(file: Uint8Array, name: string): Promise<Outcome<DecodedImage>>;
}

export async function openHarness(page: Page): Promise<HarnessPage> {
  await page.goto(harnessUrl);
  return {
    async start(backend) {
      const chosen = valueOf(await page.evaluate((name) => harness.start(name), backend));
      if (chosen.name !== backend) throw new Error(`${backend} was asked for, ${chosen.name} was chosen`);
      return chosen.adapter;
    },
    runGolden: async (job) => valueOf(await page.evaluate((wanted) => harness.runGolden(wanted), job)),
    runKernels: async (family, tier) =>
      valueOf(await page.evaluate(([wanted, at]) => harness.runKernels(wanted, at), [family, tier] as const)),
    selfTest: async () => valueOf(await page.evaluate(() => harness.selfTest())),
    async decode(file, name) {
      const base64 = Buffer.from(file).toString('base64');
      const outcome = await page.evaluate(([bytes, called]) => harness.decode(bytes, called), [base64, name] as const);
      if (!outcome.ok) return outcome;
      const { width, height, pixels, ...facts } = outcome.value;
      return { ok: true, value: { ...facts, raster: { width, height, data: Buffer.from(pixels, 'base64') } } };
    },
  };
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.problem.subject}: ${outcome.problem.reason}`);
}

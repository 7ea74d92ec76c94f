import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGpuTimer } from '@agentiad/core/engine/microBenchTimer.ts';
import type { BenchGpu } from '@agentiad/core/engine/microBenchCeilings.ts';
import { readCapabilities } from '@agentiad/core/kernels/capabilities.ts';
import { createPipelines } from '@agentiad/core/kernels/pipelines.ts';
import { tinyConfig } from '@agentiad/core/model/tinyConfig.ts';
import { openDevice, type HostDevice } from '../host/device.ts';
import { createBudget } from './budget.ts';
import { inspectionTurns } from './inspection.ts';
import { loadShape } from './loadShape.ts';
import { randomEncodedWeights } from './randomModel.ts';
import { figureOf } from './result.ts';
import { runBench } from './run.ts';
import { oneLayer } from './shapes.ts';

const clock = () => performance.now();
/** Small enough for a software adapter, with images of a few tokens. */
const config = tinyConfig({ max_position_embeddings: 2048 });
const wide = { ...config, vision: { ...config.vision, patchSize: 56, windowSize: 224, patchDim: 3 * 2 * 56 * 56 } };
const encoded = randomEncodedWeights(wide, { scheme: 'q4' }, 1);

let opened: HostDevice;
let gpu: BenchGpu;

beforeAll(async () => {
  opened = (await openDevice())!;
  const { device, info } = opened;
  const capabilities = readCapabilities(device, info.isFallbackAdapter);
  const timer = createGpuTimer(device, clock, info.isFallbackAdapter);
  gpu = { device, capabilities, pipelines: createPipelines(device), timer };
});

afterAll(() => {
  gpu.timer.dispose();
  opened.dispose();
});

describe('a benchmark run', () => {
  it('measures ceilings, every kernel and the whole model', async () => {
    const { loaded } = await loadShape('qwen2.5-vl-3b', true);
    const budget = createBudget(3, clock, () => {});
    const result = await runBench({ gpu, loaded: { ...loaded, config: wide }, encoded, reduced: null, budget, clock });
    expect(budget.skipped).toEqual([]);
    expect(result.figures.filter(({ group }) => group === 'kernel').length).toBeGreaterThan(20);
    const decode = figureOf(result.figures, 'decode', 'at context 128')!;
    expect(decode.extrapolated).toBeUndefined();
    expect(decode.samples.length).toBeGreaterThanOrEqual(5);
    const inspection = figureOf(result.figures, 'inspection', 'three images, 300 tokens: to verdict')!;
    const tokens = inspectionTurns.reduce((sum, turn) => sum + turn.generatedTokens, 0);
    expect(tokens).toBe(300);
    expect(inspection.value).toBeGreaterThan(tokens / decode.value / 3);
    expect(result.tokenModel!.extrapolated).toBe(false);
  });

  it('marks what it works out from one layer', async () => {
    const { loaded } = await loadShape('qwen2.5-vl-3b', true);
    const small = oneLayer(wide);
    const reduced = { config: small, encoded: randomEncodedWeights(small, { scheme: 'q4' }, 1) };
    const budget = createBudget(3, clock, () => {});
    const result = await runBench({ gpu, loaded: { ...loaded, config: wide }, encoded, reduced, budget, clock });
    for (const [group, name] of [
      ['vision', 'image 896x896'],
      ['prefill', '1024 tokens'],
      ['decode', 'at context 4096'],
    ] as const) {
      expect(figureOf(result.figures, group, name)?.extrapolated).toBeDefined();
    }
    expect(result.tokenModel!.extrapolated).toBe(true);
  });

  it('leaves out what the budget does not allow, and says so', async () => {
    const { loaded } = await loadShape('qwen2.5-vl-3b', true);
    const budget = createBudget(1e-6, clock, () => {});
    const result = await runBench({ gpu, loaded: { ...loaded, config: wide }, encoded, reduced: null, budget, clock });
    expect(result.tokenModel).toBeNull();
    expect(budget.skipped.length).toBeGreaterThan(5);
    expect(budget.skipped[0]!.reason).toContain('budget');
  });
});

/** One benchmark run on one device, from ceilings to the whole model. */
import { tokenCost } from '@agentiad/core/engine/tokenCost.ts';
import type { BenchGpu } from '@agentiad/core/engine/microBenchCeilings.ts';
import { planEngine } from '@agentiad/core/engine/plan.ts';
import { defaultOptions } from '@agentiad/core/engine/options.ts';
import { groupBytes } from '@agentiad/core/engine/weightPlan.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { LoadedModel } from '@agentiad/core/model/loadModel.ts';
import type { EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import type { Budget } from './budget.ts';
import { measureCeilings, type Ceilings } from './ceilings.ts';
import { createEstimate, type Estimate } from './estimate.ts';
import { inspectionInputs } from './inspection.ts';
import { tokensOf } from './inputs.ts';
import { timeKernels } from './kernels.ts';
import { openLab } from './lab.ts';
import { derived, type BenchResult, type Figure, type TokenModel } from './result.ts';
import { decodeContexts, imageSizes, measureWholeModel, prefillLengths } from './wholeModel.ts';

export interface RunOptions {
  readonly gpu: BenchGpu;
  readonly loaded: Pick<LoadedModel, 'config' | 'tokenizer' | 'card'>;
  readonly encoded: EncodedWeights;
  /** Measured instead of the whole, where the whole takes too long. */
  readonly reduced: { readonly config: ModelConfig; readonly encoded: EncodedWeights } | null;
  readonly budget: Budget;
  readonly clock: () => number;
}

const tokenTarget = 1.5;
const labContext = 8192;

export async function runBench(options: RunOptions): Promise<Pick<BenchResult, 'figures' | 'tokenModel'>> {
  const { gpu, budget, clock, reduced } = options;
  const figures: Figure[] = [];
  const ceilings = await measureCeilings(gpu, clock);
  figures.push(...ceilings.figures);

  const { isSoftware } = gpu.capabilities;
  const benched = reduced ?? { config: options.loaded.config, encoded: options.encoded };
  const context = Math.min(labContext, benched.config.text.maxPositions);
  const chunkRows = isSoftware ? 64 : 256;
  let estimate: Estimate | null = null;
  await budget.attempt('weights for single kernels', async () => {
    const imageSide = isSoftware ? 224 : 896;
    const lab = await openLab(gpu, benched.config, benched.encoded, { context, chunkRows, imageSide });
    try {
      const decodeCached = Math.min(1023, context - 1 - chunkRows);
      const kernels = await timeKernels({
        ...benched,
        gpu,
        lab,
        ceilings,
        budget,
        decodeCached,
        prefillRows: chunkRows,
      });
      figures.push(...kernels.figures);
      const { config } = options.loaded;
      estimate = createEstimate(config, options.encoded, gpu.capabilities, { context, chunkRows }, kernels.times);
    } finally {
      lab.dispose();
    }
  });

  if (reduced) {
    if (!estimate) return { figures, tokenModel: null };
    figures.push(...extrapolate(options, estimate));
    const ms = (estimate as Estimate).token(decodeContexts[0]);
    return { figures, tokenModel: ms === null ? null : tokenModel(options, ceilings, ms / 1000, true) };
  }
  const whole = await measureWholeModel(options);
  figures.push(...whole.figures);
  const { tokenSeconds } = whole;
  return { figures, tokenModel: tokenSeconds === null ? null : tokenModel(options, ceilings, tokenSeconds, false) };
}

const how = 'from one language layer and two vision blocks';

function extrapolate({ loaded, encoded, gpu }: RunOptions, estimate: Estimate): Figure[] {
  const { config } = loaded;
  const figures: Figure[] = [];
  const add = (
    group: Figure['group'],
    name: string,
    ms: number | null,
    toUnit: (ms: number) => [number, Figure['unit']],
  ) => {
    if (ms === null) return;
    const [value, unit] = toUnit(ms);
    figures.push(derived(group, name, value, unit, { extrapolated: how }));
  };
  const patchesOf = (width: number, height: number) => {
    const unit = config.vision.patchSize * config.vision.mergeSize;
    return Math.round(width / unit) * Math.round(height / unit) * config.vision.mergeSize ** 2;
  };
  for (const [width, height] of imageSizes) {
    add('vision', `image ${width}x${height}`, estimate.vision(patchesOf(width, height)), (ms) => [ms, 'ms']);
  }
  for (const length of prefillLengths) {
    add('prefill', `${length} tokens`, estimate.prefill(length), (ms) => [(1000 * length) / ms, 'tokens/s']);
  }
  for (const cached of decodeContexts) {
    add('decode', `at context ${cached}`, estimate.token(cached), (ms) => [1000 / ms, 'tokens/s']);
  }
  add('inspection', 'three images, 300 tokens: to verdict', inspectionMs(config, estimate), (ms) => [ms / 1000, 's']);
  figures.push(derived('decode', 'dispatches per token', estimate.dispatchesPerToken, 'dispatches'));
  const plan = planEngine(config, encoded, gpu.capabilities, defaultOptions);
  const groups = [plan.weights.language, ...plan.weights.vision];
  const bytes = groups.reduce((sum, group) => sum + groupBytes(group), 0);
  figures.push(derived('memory', 'GPU memory of the weights', bytes, 'bytes', { note: 'counted, not measured' }));
  return figures;
}

function inspectionMs(config: ModelConfig, estimate: Estimate): number | null {
  let total = 0;
  let cached = 0;
  for (const { ids, image, generatedTokens } of inspectionInputs(config)) {
    const patches = tokensOf(image, config) * config.vision.mergeSize ** 2;
    const vision = estimate.vision(patches);
    const before = estimate.prefill(Math.max(1, cached));
    const after = estimate.prefill(cached + ids.length);
    const token = estimate.token(cached + ids.length);
    if (vision === null || before === null || after === null || token === null) return null;
    total += vision + after - before + generatedTokens * token;
    cached += ids.length + generatedTokens;
  }
  return total;
}

/** What a token's bytes and dispatches alone would take, by this run's own ceilings, beside what it takes. */
function tokenModel(
  { loaded, encoded, gpu }: RunOptions,
  { readRate, dispatchSeconds }: Ceilings,
  measuredSeconds: number,
  extrapolated: boolean,
): TokenModel {
  const { config } = loaded;
  const cost = tokenCost(config, planEngine(config, encoded, gpu.capabilities, defaultOptions));
  const bytes = cost.weightBytes + cost.cacheBytesPerToken * decodeContexts[0];
  const { dispatches } = cost;
  const modelSeconds = bytes / readRate + dispatches * dispatchSeconds;
  return {
    bytes,
    readRate,
    dispatches,
    dispatchSeconds,
    modelSeconds,
    measuredSeconds,
    ratio: measuredSeconds / modelSeconds,
    target: tokenTarget,
    extrapolated,
  };
}

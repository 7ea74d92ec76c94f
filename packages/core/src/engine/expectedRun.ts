/** What one inspection with a loaded model will take on a measured device: what the page tells before the first one. */
import type { ProcessorConfig } from '../image/processor.ts';
import { smartResize } from '../image/smartResize.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Grid } from '../model/positions.ts';
import { cacheBytesPerToken, predictRun, type Prediction, type TokenCost } from './microBenchPredict.ts';
import type { DeviceSpeed } from './microBench.ts';
import type { EnginePlan } from './plan.ts';
import { groupBytes } from './weightPlan.ts';

/** A typical inspection: a part of one megapixel, a crop and an exemplar of a quarter, and what is written about them. */
const images = [
  { width: 1024, height: 1024 },
  { width: 512, height: 512 },
  { width: 512, height: 512 },
] as const;
const textTokens = 800;
const generatedTokens = 300;

export function tokenCost(config: ModelConfig, plan: EnginePlan): TokenCost {
  const { language } = plan.weights;
  // An untied embedding table is read at one row only.
  const table = config.text.tied ? [] : language.matrices.get('embedding')!.parts;
  const unread = table.reduce((sum, { bytes: { codes, scales } }) => sum + codes + scales, 0);
  return {
    weightBytes: groupBytes(language) - unread,
    cacheBytesPerToken: cacheBytesPerToken(config, plan.language.kv),
    dispatches: plan.dispatchesPerToken,
  };
}

/** Seconds of three images and 300 generated tokens; tools and decoding of files not counted. */
export function expectInspection(
  model: { readonly config: ModelConfig; readonly plan: EnginePlan },
  processor: ProcessorConfig,
  speed: DeviceSpeed,
): Prediction {
  const { config, plan } = model;
  const imageGrids = images.map((image) => gridOf(image, processor));
  const imageTokens = imageGrids.reduce(
    (sum, { height, width }) => sum + (height * width) / processor.mergeSize ** 2,
    0,
  );
  const run = { imageGrids, promptTokens: textTokens + imageTokens, generatedTokens };
  return predictRun(config, tokenCost(config, plan), run, speed);
}

function gridOf(image: { readonly width: number; readonly height: number }, processor: ProcessorConfig): Grid {
  const { patchSize, mergeSize, minPixels, maxPixels } = processor;
  const size = smartResize(image.height, image.width, { factor: patchSize * mergeSize, minPixels, maxPixels });
  return { height: size.height / patchSize, width: size.width / patchSize };
}

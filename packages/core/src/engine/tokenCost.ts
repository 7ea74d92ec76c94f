/** What one generated token costs the engine: for foretelling how long a run takes (`microBenchPredict.ts`). */
import type { ModelConfig } from '../model/config.ts';
import { cacheBytesPerToken, type TokenCost } from './microBenchPredict.ts';
import type { EnginePlan } from './plan.ts';
import { groupBytes } from './weightPlan.ts';

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

/** Whole-model times worked out from single kernels, for adapters on which the whole model would take too long. */
import { planEngine } from '@agentiad/core/engine/plan.ts';
import { defaultOptions } from '@agentiad/core/engine/options.ts';
import type { Step } from '@agentiad/core/engine/step.ts';
import type { VisionStep } from '@agentiad/core/engine/visionProgram.ts';
import type { Capabilities } from '@agentiad/core/kernels/capabilities.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import { isCacheAttention, operations, stepKey, type KernelTime } from './kernels.ts';

export interface Estimate {
  /** Milliseconds of one token after `cached` others; null when a kernel was not timed. */
  token(cached: number): number | null;
  prefill(rows: number): number | null;
  /** Milliseconds of the tower for an image of so many patches. */
  vision(patches: number): number | null;
  readonly dispatchesPerToken: number;
}

/** `times` by `stepKey`, of the same model with fewer layers; the context of the plan must be that of the timed one. */
export function createEstimate(
  config: ModelConfig,
  encoded: Pick<EncodedWeights, 'tensors'>,
  capabilities: Capabilities,
  options: { readonly context: number; readonly chunkRows: number },
  times: ReadonlyMap<string, KernelTime>,
): Estimate {
  const plan = planEngine(config, encoded, capabilities, { ...defaultOptions, ...options });
  const { language, sample, vision } = plan;

  const total = (steps: readonly Step[], scale: (step: Step, timed: KernelTime) => number): number | null => {
    let sum = 0;
    for (const step of steps) {
      const timed = times.get(stepKey(step));
      if (!timed) return null;
      sum += timed.ms * scale(step, timed);
    }
    return sum;
  };
  /** Work at `rows` after `cached` tokens in units of the timed work. */
  const workRatio = (rows: number, cached: number) => (step: Step, timed: KernelTime) => {
    const before = operations(step, timed.rows, timed.cached, config);
    return before > 0 ? operations(step, rows, cached, config) / before : rows / timed.rows;
  };

  return {
    dispatchesPerToken: plan.dispatchesPerToken,
    token: (cached) =>
      total([...language.decode, ...language.head, ...sample], (step, timed) =>
        isCacheAttention(step) ? workRatio(1, cached)(step, timed) : 1,
      ),
    prefill: (rows) => total(language.prefill, workRatio(rows, 0)),
    vision(patches) {
      const unit = config.vision.mergeSize ** 2;
      const rowsOf = (step: Step) => ((step as VisionStep).over === 'groups' ? patches / unit : patches);
      return total(
        vision.flatMap(({ steps }) => steps),
        (step, timed) => workRatio(rowsOf(step), 0)(step, timed),
      );
    },
  };
}

/** The area of views that a run of a checkpoint may lower (`model.viewPixels`): in its demonstrations, rollouts and tests alike. */
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';

/** `processor` with views of at most `viewPixels`; undefined leaves it as it is. */
export function limitViews(processor: ProcessorConfig, viewPixels: number | undefined): ProcessorConfig {
  if (viewPixels === undefined) return processor;
  const maxPixels = Math.min(processor.maxPixels, viewPixels);
  return { ...processor, minPixels: Math.min(processor.minPixels, maxPixels), maxPixels };
}

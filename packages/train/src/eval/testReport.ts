/** A whole report around given outcomes, for tests: a baseline beats the agent, little else was measured. */
import { textOnlyAccuracy } from '../data/textOnly.ts';
import type { EvalDocument } from './document.ts';
import type { Outcome } from './evaluate.ts';
import { buildReport, summarise } from './report.ts';

export function makeReport(outcomes: readonly Outcome[]): EvalDocument {
  const labels = outcomes.map(({ label }) => label);
  const ids = outcomes.map(({ id }) => id);
  const lead = { value: 0.25, ci95: [0.1, 0.4] as const };
  const thresholds = { 'leaving exemplars out': outcomes.length, 'training split': 0, none: 0 };
  return {
    schema: 'agentiad-eval/1',
    headline: 'A baseline beats the agent (balanced accuracy 0.500): patchNN 0.750.',
    ...buildReport(outcomes, 1),
    f1AtValidation: 'not measured',
    baselines: {
      alwaysAnomalous: { ...summarise(outcomes, 1), lead, thresholds: null },
      textOnly: textOnlyAccuracy(
        labels.map(() => 'the same prompt'),
        labels,
        ids,
      ),
      noTool: 'not measured',
      pixelDiff: 'not measured',
      patchNN: { ...summarise(outcomes, 1), lead, thresholds },
    },
    controls: 'not measured',
    pixels: 'not measured',
    mmad: 'not measured',
    created: '2026-01-01T00:00:00.000Z',
    mode: 'full',
    exemplars: 5,
    model: { id: 'nano', sha256: 'f'.repeat(64), backend: 'wasm', adapter: 'wasm (SIMD, 1 thread)' },
    data: { path: 'parts.jsonl', sha256: null, split: 'test', seed: 0 },
    outcomes,
    baselineDecisions: { patchNN: outcomes },
  };
}

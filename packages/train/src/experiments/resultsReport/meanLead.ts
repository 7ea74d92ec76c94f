/** Over several sets: by how much the agent is ahead of Library match alone. */
import { createRandom } from '@agentiad/core/support/random.ts';
import { percentiles, type Interval } from '@agentiad/core/validation/bootstrap.ts';
import { computeRates, type Decision } from '@agentiad/core/validation/metrics.ts';
import type { EvalDocument } from '../../eval/document.ts';

const ROUNDS = 2000;

/** Mean over sets of the agent's balanced accuracy less that of `patchNN`; paired bootstrap within each set and label. */
export function meanLead(reports: readonly Pick<EvalDocument, 'outcomes' | 'baselineDecisions'>[]): {
  readonly value: number;
  readonly ci95: Interval;
} {
  const pairs = reports.map(({ outcomes, baselineDecisions }) =>
    outcomes.map((agent, i) => ({ agent, other: baselineDecisions.patchNN![i]! })),
  );
  const leadOf = (sample: readonly { readonly agent: Decision; readonly other: Decision }[]) =>
    computeRates(sample.map(({ agent }) => agent)).balancedAccuracy -
    computeRates(sample.map(({ other }) => other)).balancedAccuracy;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const random = createRandom(1);
  const drawn = (items: (typeof pairs)[number]) =>
    (['anomalous', 'normal'] as const).flatMap((label) => {
      const own = items.filter(({ agent }) => agent.label === label);
      return own.map(() => own[random.integer(0, own.length - 1)]!);
    });
  const draws = Array.from({ length: ROUNDS }, () => mean(pairs.map((items) => leadOf(drawn(items)))));
  return { value: mean(pairs.map(leadOf)), ci95: percentiles(draws) };
}

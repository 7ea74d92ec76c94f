import { describe, expect, it } from 'vitest';
import { headlineOf } from './headline.ts';
import { summarise } from './report.ts';
import { bad, good } from '@agentiad/core/validation/testDecisions.ts';

/** Finds `hits` of 10 defects and passes all of 10 good parts. */
const run = (hits: number) => [
  ...Array.from({ length: 10 }, (_, i) => bad(i < hits, i < hits ? 0.9 : 0.1)),
  ...Array.from({ length: 10 }, () => good(false, 0.2)),
];
const agent = summarise(run(8), 0);
const rival = (hits: number, ci95: readonly [number, number]) => ({
  ...summarise(run(hits), 0),
  lead: { value: (hits - 8) / 20, ci95 },
});

describe('the first line of a report', () => {
  it('says that a baseline beats the agent, by how much, and by name', () => {
    const line = headlineOf(agent, { patchNN: rival(10, [0.02, 0.2]), pixelDiff: rival(2, [-0.5, -0.1]) });
    expect(line).toMatch(/^A baseline beats the agent \(balanced accuracy 0\.900\): patchNN 1\.000 \(\+0\.100 \[/);
    expect(line).not.toContain('could be chance');
    expect(line).not.toContain('pixelDiff');
  });

  it('names every baseline that does, the best first', () => {
    const line = headlineOf(agent, { noTool: { balancedAccuracy: 0.95 }, patchNN: rival(10, [0, 0.2]) });
    expect(line).toMatch(/^2 baselines beat the agent .*patchNN 1\.000 .*could be chance.*noTool 0\.950/);
  });

  it('says how far the best one stays behind, and what was not measured', () => {
    const line = headlineOf(agent, { textOnly: { balancedAccuracy: 0.5 }, patchNN: 'not measured' });
    expect(line).toBe(
      'No measured baseline beats the agent (balanced accuracy 0.900): the best, textOnly, has 0.500. ' +
        'Not measured: patchNN.',
    );
  });

  it('says of the text alone when it is no better than chance', () => {
    const textOnly = { balancedAccuracy: 0.95, leaks: false };
    expect(headlineOf(agent, { textOnly })).toContain('textOnly 0.950 (could be chance).');
    expect(headlineOf(agent, { textOnly: { ...textOnly, leaks: true } })).toContain('textOnly 0.950.');
  });

  it('does not let a baseline hide that ranks better or has no threshold', () => {
    const ranksBetter = { ...rival(4, [-0.4, 0]), auroc: 0.99, balancedAccuracy: NaN };
    expect(headlineOf({ ...agent, auroc: 0.8 }, { pixelDiff: ranksBetter })).toContain(
      'By AUROC (agent 0.800) it is beaten by pixelDiff 0.990.',
    );
  });
});

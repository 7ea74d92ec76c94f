/** Controls: the same agent with what it should rely on taken away or made wrong (design §6). */
import { greyCrops } from '@agentiad/core/agent/controls.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { promptCategory } from '../trajectories/build.ts';
import type { CONTROLS } from './document.ts';
import type { EvaluationSetup } from './evaluate.ts';

type ControlName = (typeof CONTROLS)[number];

/** How each control differs from the evaluation itself; null for one that these cases cannot show. */
export function controlSetups(cases: readonly LabelledCase[]): Record<ControlName, Partial<EvaluationSetup> | null> {
  const categories = new Set(cases.map(promptCategory));
  return {
    toolsDisabled: { mode: 'cot' },
    greyCrop: { options: { alterImage: greyCrops() } },
    wrongExemplar: categories.size > 1 ? { exemplarsOf: otherCategory(cases) } : null,
  };
}

/** Exemplars of the next case of another category. */
function otherCategory(cases: readonly LabelledCase[]): NonNullable<EvaluationSetup['exemplarsOf']> {
  return (example, index) => {
    const others = [...cases.slice(index), ...cases.slice(0, index)];
    return others.find((other) => promptCategory(other) !== promptCategory(example))!.exemplars;
  };
}

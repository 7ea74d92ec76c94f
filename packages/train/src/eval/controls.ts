/** Controls: the same agent with what it should rely on taken away or made wrong (design §6). */
import { greyCrops } from '@agentiad/core/agent/controls.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { CONTROLS } from './document.ts';
import type { EvaluationSetup } from './evaluate.ts';

type ControlName = (typeof CONTROLS)[number];

/** How each control differs from the evaluation itself. */
export function controlSetups(cases: readonly LabelledCase[]): Record<ControlName, Partial<EvaluationSetup>> {
  return {
    toolsDisabled: { mode: 'cot' },
    greyCrop: { options: { alterImage: greyCrops() } },
    wrongExemplar: { exemplarsOf: otherCategory(cases) },
  };
}

/** Exemplars of the next case of another category. */
function otherCategory(cases: readonly LabelledCase[]): NonNullable<EvaluationSetup['exemplarsOf']> {
  return (example, index) => {
    const others = [...cases.slice(index), ...cases.slice(0, index)];
    const family = (category: string) => category.replace(/-\d+$/, '');
    const other = others.find(({ category }) => family(category) !== family(example.category));
    return (other ?? others.at(-1)!).exemplars;
  };
}

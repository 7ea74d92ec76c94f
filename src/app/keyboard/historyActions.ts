/** Keys on the row of the history that has the focus: deciding it without opening it. */
import type { HumanDecision } from '@agentiad/core/protocol/verdict.ts';
import { decideRun } from '../../state/actions/decide.ts';
import type { KeyAction } from './action.ts';

/** The inspection whose row has the focus. */
const focusedRun = () => document.activeElement?.closest<HTMLElement>('[data-run]')?.dataset.run ?? null;

const choice = (id: string, key: string, decision: HumanDecision['decision']): KeyAction => ({
  id,
  keys: [key],
  scope: 'list',
  group: 'lists',
  isKeyOnly: true,
  isPossible: () => focusedRun() !== null,
  run: (context) => {
    const runId = focusedRun();
    if (runId !== null) void decideRun(context, runId, decision);
  },
});

export const HISTORY_ACTIONS: readonly KeyAction[] = [
  choice('rowGood', 'g', 'good'),
  choice('rowDefect', 'd', 'defect'),
  choice('rowUnsure', 'u', 'unsure'),
];

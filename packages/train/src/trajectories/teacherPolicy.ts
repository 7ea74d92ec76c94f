/** The scripted teacher as a policy of the inspection loop. */
import type { Policy } from '@agentiad/core/agent/policy.ts';
import type { ToolName } from '@agentiad/core/protocol/modes.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { GroundTruth } from './teacher.ts';
import { scriptedTurn } from './teacher.ts';

export function createTeacherPolicy(options: {
  readonly tokenizer: Tokenizer;
  readonly endOfTurnId: number;
  readonly truth: GroundTruth;
  readonly offered: readonly ToolName[];
}): Policy {
  return {
    observe: () => Promise.resolve(),
    act({ steps, onText }) {
      const text = scriptedTurn(options.truth, options.offered, steps);
      onText(text);
      const ids = [...options.tokenizer.encode(text), options.endOfTurnId];
      // A teacher is certain: the score is the ground truth.
      const score = text.includes('<answer>') ? Number(options.truth.label === 'anomalous') : null;
      return Promise.resolve({ ids, text, stopReason: 'stop' as const, score });
    },
    dispose() {},
  };
}

/** A teacher as a policy of the inspection loop: what it writes is recorded as if the model had written it. */
import type { Policy } from '@agentiad/core/agent/policy.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { ToolName } from '@agentiad/core/protocol/modes.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { GroundTruth } from './teacher.ts';
import { scriptedTurn } from './teacher.ts';

/** Where an inspection stands when the teacher has to act. */
export interface Situation {
  readonly truth: GroundTruth;
  readonly offered: readonly ToolName[];
  readonly steps: readonly TraceStep[];
  /** Images of the conversation so far, as the model saw them. */
  readonly images: readonly Raster[];
  /** What the scripted teacher would write. */
  readonly scripted: string;
}

/** Writes the next turn, without the end-of-turn token. */
export type TakeTurn = (situation: Situation) => Promise<string>;

export const scriptedTeacher: TakeTurn = ({ scripted }) => Promise.resolve(scripted);

export function createTeacherPolicy(options: {
  readonly tokenizer: Tokenizer;
  readonly endOfTurnId: number;
  readonly truth: GroundTruth;
  readonly offered: readonly ToolName[];
  readonly images: readonly Raster[];
  readonly takeTurn: TakeTurn;
}): Policy {
  const { tokenizer, endOfTurnId, truth, offered, images, takeTurn } = options;
  return {
    observe: () => Promise.resolve(),
    async act({ steps, onText }) {
      const scripted = scriptedTurn(truth, offered, steps);
      const text = await takeTurn({ truth, offered, steps, images, scripted });
      onText(text);
      const ids = [...tokenizer.encode(text), endOfTurnId];
      // A teacher is certain: the score is the ground truth.
      const score = text.includes('<answer>') ? Number(truth.label === 'anomalous') : null;
      return { ids, text, stopReason: 'stop', score };
    },
    dispose() {},
  };
}

/**
 * The confidence gain of IndusAgent's tool reward (agent-spec §9.4): the margin of the answer's value token with what the
 * tools showed, less the margin without it. Both come from a forward pass with the last turn forced up to that token.
 */
import { findValueTokens, isBeforeValue } from '@agentiad/core/agent/score.ts';
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import type { TokenRecord } from '@agentiad/core/tokenizer/conversation.ts';

export interface AnsweredRollout {
  readonly record: TokenRecord;
  /** Images in order of appearance; the first is the part. */
  readonly images: readonly ProcessedImage[];
  readonly saysAnomalous: boolean;
}

/** Null when no tool showed anything, or when no value token stands in the last turn. */
export async function confidenceGain(backbone: Backbone, rollout: AnsweredRollout): Promise<number | null> {
  const { record, images, saysAnomalous } = rollout;
  const { ids, segments } = record;
  const opening = segments.find(({ kind }) => kind === 'model')?.from ?? ids.length;
  const lastTurn = segments.at(-1)?.turn;
  const start = segments.find(({ turn }) => turn === lastTurn)!.from;
  if (start <= opening) return null;
  const forced = upToValue(ids.slice(start), (part) => backbone.tokenizer.decode(part));
  if (!forced) return null;
  const before = ids.slice(0, start);
  const withTools = await valueMargin(backbone, [...before, ...forced], images);
  const without = await valueMargin(backbone, [...ids.slice(0, opening), ...forced], images.slice(0, 1));
  return (saysAnomalous ? 1 : -1) * (withTools - without);
}

/** Ids of a turn up to where the last value of `anomaly_present` follows; null when there is none. */
function upToValue(turn: readonly number[], decode: (ids: readonly number[]) => string): readonly number[] | null {
  for (let count = turn.length; count > 0; count--) {
    const part = turn.slice(0, count);
    if (isBeforeValue(decode(part))) return part;
  }
  return null;
}

/** log p(true) - log p(false) of the next token, each over the ids with and without leading space. */
async function valueMargin(
  backbone: Backbone,
  ids: readonly number[],
  images: readonly ProcessedImage[],
): Promise<number> {
  const { trueIds, falseIds } = findValueTokens(backbone.tokenizer);
  const session = backbone.createSession();
  try {
    await session.prefill(ids, images);
    const { readings } = await session.generate({
      maxNewTokens: 1,
      sampler: greedy,
      stopIds: [],
      watch: { ids: [...trueIds, ...falseIds], at: () => true },
    });
    const { logits } = readings[0]!;
    return logSumExp(logits.slice(0, trueIds.length)) - logSumExp(logits.slice(trueIds.length));
  } finally {
    session.dispose();
  }
}

function logSumExp(logits: readonly number[]): number {
  const top = Math.max(...logits);
  return top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}

/**
 * Preset `indusagent` (agent-spec §9.4): R_acc * (1 + alpha R_loc + beta R_type + gamma R_tool) + R_format. What the
 * paper leaves open is ours: the size of the format penalty, the taxonomy, and R_loc = 0 without a true box.
 */
import { isRight } from './facts.ts';
import type { RolloutFacts } from './facts.ts';
import type { Ablation, RewardPreset } from './reward.ts';
import { typeSimilarity } from './taxonomy.ts';

const LOCATION = 0.8;
const TYPE = 0.6;
const TOOL = 0.5;
/** lambda and eta of R_tool. */
const TOOL_GAIN = 0.3;
const CALL_COST = 0.1;
const FORMAT_PENALTY = -0.5;

/** Components are logged as R_acc, R_loc, R_type, R_tool (in two parts) and R_format; the gate is in the total alone. */
export function indusAgentPreset(ablations: readonly Ablation[] = []): RewardPreset {
  const off = (ablation: Ablation) => ablations.includes(ablation);
  return {
    name: 'indusagent',
    needsConfidence: !off('no_bonus') && !off('no_curiosity'),
    score: (group) =>
      group.map((facts) => {
        const accuracy = isRight(facts) ? 1 : 0;
        const location = off('no_iou') ? 0 : (facts.locationIou ?? 0);
        const type = off('no_anomaly_type') ? 0 : typeReward(facts);
        const isPaid = !off('no_bonus');
        const valid = facts.calls.filter(({ ok }) => ok).length;
        const toolGain = isPaid && !off('no_curiosity') && (facts.confidenceGain ?? 0) > 0 ? TOOL_GAIN : 0;
        const toolCost = isPaid && !off('no_penalty') ? -CALL_COST * valid : 0;
        const format = facts.answer === null || facts.malformedTurns > 0 ? FORMAT_PENALTY : 0;
        const total = accuracy * (1 + LOCATION * location + TYPE * type + TOOL * (toolGain + toolCost)) + format;
        return { total, components: { accuracy, location, type, toolGain, toolCost, format } };
      }),
  };
}

function typeReward({ answer, truth }: RolloutFacts): number {
  return answer?.isAnomalous ? typeSimilarity(answer.type, truth.type) : 0;
}

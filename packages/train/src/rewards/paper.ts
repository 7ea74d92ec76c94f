/**
 * Preset `paper`: Eq. 5 to 10 of the paper (agent-spec §5.3). K = 1 and the step prediction is the final answer, because
 * the paper does not say how others are read. Its curiosity term is the same for a whole group: it changes the logged
 * reward, never an advantage.
 */
import { isRight, queryRate, sameType } from './facts.ts';
import { iouReward } from './code.ts';
import type { Ablation, RewardPreset } from './reward.ts';
import { sumReward } from './reward.ts';

const IOU_BONUS_ABOVE = 0.5;
const TYPE_REWARD = 0.1;
/** lambda 1, 2, 3 and n*. */
const STEP_CORRECT = 1;
const CURIOSITY = 0.5;
const CALL_COST = 0.05;
const EXPECTED_CALLS = 1;

export function paperPreset(ablations: readonly Ablation[] = []): RewardPreset {
  const off = (ablation: Ablation) => ablations.includes(ablation);
  return {
    name: 'paper',
    needsConfidence: false,
    score(group) {
      const rate = queryRate(group);
      return group.map((facts) => {
        const right = isRight(facts) ? 1 : 0;
        const isTyped = facts.truth.label === 'anomalous' && sameType(facts.answer?.type ?? '', facts.truth.type);
        const extraCalls = Math.max(0, facts.calls.length - EXPECTED_CALLS);
        return sumReward({
          accuracy: right,
          iou: off('no_iou') ? 0 : iouReward(facts.iou, IOU_BONUS_ABOVE),
          type: isTyped && !off('no_anomaly_type') ? TYPE_REWARD : 0,
          stepAccuracy: off('no_bonus') ? 0 : STEP_CORRECT * right,
          curiosity: off('no_bonus') || off('no_curiosity') ? 0 : CURIOSITY * (rate - 1),
          penalty: off('no_bonus') || off('no_penalty') ? 0 : -CALL_COST * extraCalls,
        });
      });
    },
  };
}

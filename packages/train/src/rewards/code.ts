/** Preset `code`: the reward of the authors' program (agent-spec §5.4), number for number. */
import { asksOutside, isRight, queryRate, sameType } from './facts.ts';
import type { RolloutFacts } from './facts.ts';
import type { Ablation, RewardPreset } from './reward.ts';
import { sumReward } from './reward.ts';

const CURIOSITY = 0.5;
/** For an answer that is not right and never asked outside; replaces the curiosity term. */
const WRONG_UNASKED = -0.3;
const FREE_CALLS = 2;
const CALL_COST = 0.05;
const IOU_BONUS_ABOVE = 0.5;
const TYPE_REWARD = 0.1;

export function codePreset(ablations: readonly Ablation[] = []): RewardPreset {
  const off = (ablation: Ablation) => ablations.includes(ablation);
  return {
    name: 'code',
    needsConfidence: false,
    score(group) {
      const rate = queryRate(group);
      return group.map((facts) => {
        const verdict = baseOf(facts);
        const hasBonus = facts.calls.length >= 1 && !off('no_bonus');
        return sumReward({
          accuracy: verdict.paid,
          curiosity: hasBonus && !off('no_curiosity') ? curiosityOf(facts, verdict.said, rate) : 0,
          penalty: hasBonus && !off('no_penalty') ? -CALL_COST * Math.max(0, facts.calls.length - FREE_CALLS) : 0,
          iou: off('no_iou') ? 0 : iouReward(facts.iou, IOU_BONUS_ABOVE),
          type: off('no_anomaly_type') ? 0 : typeOf(facts),
        });
      });
    },
  };
}

/** `said`: 1 right, 0 wrong, -1 no valid answer; `paid`: the same, but 0 for a right answer after a failed last call. */
function baseOf(facts: RolloutFacts): { said: number; paid: number } {
  if (!facts.answer) return { said: -1, paid: -1 };
  if (!isRight(facts)) return { said: 0, paid: 0 };
  return { said: 1, paid: facts.calls.at(-1)?.ok === false ? 0 : 1 };
}

function curiosityOf(facts: RolloutFacts, said: number, rate: number): number {
  if (asksOutside(facts)) return 0;
  if (said < 0.5) return WRONG_UNASKED;
  return facts.calls.length <= 1 ? CURIOSITY * (rate - 1) : 0;
}

/** 1 above the bound, strictly; else the IoU itself. 0 without an executed crop or a box to compare with. */
export function iouReward(iou: number | null, bonusAbove: number): number {
  if (iou === null) return 0;
  return iou > bonusAbove ? 1 : iou;
}

/** Also paid for a normal part that was called normal. */
function typeOf({ answer, truth }: RolloutFacts): number {
  if (!answer) return 0;
  if (truth.label === 'normal') return answer.isAnomalous ? 0 : TYPE_REWARD;
  return sameType(answer.type, truth.type) ? TYPE_REWARD : 0;
}

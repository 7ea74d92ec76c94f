/** The model as it acts in rollouts: the policy of inference, with what it drew written down and placed in the record. */
import { createModelPolicy } from '@agentiad/core/agent/modelPolicy.ts';
import type { Policy } from '@agentiad/core/agent/policy.ts';
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Drawn, SamplingSettings } from './sampling.ts';
import { samplingBackbone } from './sampling.ts';

/** Ids of one turn that the model drew itself, without a forced prefix: [from, from + ids.length) of the record. */
export interface SampledTurn extends Drawn {
  readonly from: number;
  /** The turn was ended by its limit of tokens. */
  readonly isCut: boolean;
}

export interface RolloutPolicy {
  readonly policy: Policy;
  readonly turns: readonly SampledTurn[];
  /** Every image that was shown, in order. */
  readonly images: readonly ProcessedImage[];
}

export function createRolloutPolicy(
  backbone: Backbone,
  options: {
    readonly endOfTurnId: number;
    readonly maxNewTokens: number;
    readonly sampling: SamplingSettings & { readonly readsAll?: boolean };
    readonly seed: number;
  },
): RolloutPolicy {
  const { endOfTurnId, maxNewTokens, sampling, seed } = options;
  const turns: SampledTurn[] = [];
  const images: ProcessedImage[] = [];
  const drawn: Drawn[] = [];
  const recording = samplingBackbone(backbone, sampling, createRandom(seed), (turn) => drawn.push(turn));
  const { temperature, topP } = sampling;
  const inner = createModelPolicy(recording, { endOfTurnId, maxNewTokens, temperature, topP, seed, grammar: null });
  let place = 0;
  return {
    turns,
    images,
    policy: {
      observe(ids, shown, signal) {
        place += ids.length;
        images.push(...shown);
        return inner.observe(ids, shown, signal);
      },
      async act(request) {
        const action = await inner.act(request);
        const from = place + request.forcedIds.length;
        turns.push({
          from,
          ids: action.ids,
          logProbabilities: drawn.at(-1)!.logProbabilities,
          isCut: action.stopReason === 'length',
        });
        place = from + action.ids.length;
        return action;
      },
      dispose: () => inner.dispose(),
    },
  };
}

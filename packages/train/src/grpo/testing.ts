/** Made-up rollouts and samples, for tests. */
import type { Backbone, Session } from '@agentiad/core/model/backbone.ts';
import { embeddingName } from '@agentiad/core/model/params.ts';
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { RolloutFacts } from '../rewards/facts.ts';
import type { RewardRecord, Trajectory } from '../trajectories/trajectory.ts';
import type { Group, Rollout } from './rollout.ts';

const FACTS: RolloutFacts = {
  truth: { label: 'anomalous', type: 'scratch' },
  answer: { isAnomalous: true, type: 'scratch' },
  calls: [],
  iou: null,
  locationIou: null,
  malformedTurns: 0,
  confidenceGain: null,
};

export function rewardOf(total: number | null): RewardRecord | null {
  return total === null ? null : { total, components: { accuracy: total } };
}

/** A rollout of 4 prompt tokens, then `modelTokens` of the model around 3 of an observation. */
export function makeTrajectory(id: string, modelTokens: number): Trajectory {
  const first = Math.ceil(modelTokens / 2);
  const segments: Segment[] = [
    { from: 0, to: 4, kind: 'user', turn: 1 },
    { from: 4, to: 4 + first, kind: 'model', turn: 2 },
    { from: 4 + first, to: 7 + first, kind: 'observation', turn: 3 },
    { from: 7 + first, to: 7 + modelTokens, kind: 'model', turn: 4 },
  ];
  const ids = Array.from({ length: 7 + modelTokens }, (_, index) => index + 1);
  return { id, mode: 'pz', ids, segments, images: [], label: 'anomalous' };
}

export function makeRollout(total: number | null, changes: Partial<Rollout> = {}): Rollout {
  const trajectory = makeTrajectory('case#0', 4);
  return { trajectory, facts: FACTS, reward: rewardOf(total), failure: null, ...changes };
}

export function makeGroup(rewards: readonly (number | null)[]): Group {
  return { id: 'case', rollouts: rewards.map((reward) => makeRollout(reward)) };
}

export function makeFacts(changes: Partial<RolloutFacts> = {}): RolloutFacts {
  return { ...FACTS, ...changes };
}

/** Makes a model of random weights want a token very much at about every second place, the more the larger the factor. */
export function exaggerate(model: TrainingModel, id: number, factor = 3): void {
  const { from, shape } = model.spans.find(({ name }) => name === embeddingName)!;
  const width = shape[1]!;
  for (let i = from + id * width; i < from + (id + 1) * width; i++) model.values[i]! *= factor;
  model.upload();
}

/** The backbone with every session that it hands out changed, those that share their work too. */
export function withSessions(backbone: Backbone, change: (session: Session) => Partial<Session>): Backbone {
  const wrap = (session: Session): Session => ({
    get length() {
      return session.length;
    },
    prefill: (ids, images, signal) => session.prefill(ids, images, signal),
    generate: (options) => session.generate(options),
    dispose: () => session.dispose(),
    ...change(session),
  });
  return {
    ...backbone,
    createSession: () => wrap(backbone.createSession()),
    createSessions: (count) => backbone.createSessions!(count).map(wrap),
  };
}

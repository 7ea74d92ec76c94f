/**
 * Rollouts of one prompt: the same agent, tools and renderer as inference, sampled, with rewards by the group. Where the
 * backbone has sessions that share their work, the members of a group act at the same time: their prompt is prefilled
 * once and their tokens are drawn in one pass. Each member draws what it would draw alone.
 */
import { inspectWith } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps, LoopLimits } from '@agentiad/core/agent/request.ts';
import type { DecodedImage, Raster } from '@agentiad/core/image/raster.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { confidenceGain } from '../rewards/confidence.ts';
import type { RolloutFacts } from '../rewards/facts.ts';
import { readFacts } from '../rewards/readFacts.ts';
import type { RewardPreset } from '../rewards/reward.ts';
import { checkReward } from '../rewards/reward.ts';
import { promptCategory, withMemory } from '../trajectories/build.ts';
import type { RewardRecord, Trajectory } from '../trajectories/trajectory.ts';
import { checkPrompt } from './promptLimits.ts';
import type { RolloutPolicy } from './rolloutPolicy.ts';
import { createRolloutPolicy } from './rolloutPolicy.ts';
import type { SamplingSettings } from './sampling.ts';
import { logTemperature } from './sampling.ts';
import { memberSeed } from './seeds.ts';
import { typeSegments } from './segments.ts';
import { sharedMatch } from './sharedMatch.ts';

/**
 * What an episode without an answer that a limit ended is worth: `mask`, no reward and no part in the update; a number,
 * that reward in place of all others.
 */
export type TruncationRule = 'mask' | number;

export interface RolloutSettings {
  readonly mode: Mode;
  readonly groupSize: number;
  readonly limits: LoopLimits;
  readonly sampling: SamplingSettings;
  readonly truncated: TruncationRule;
  readonly reward: RewardPreset;
  /**
   * Members of a group, the first ones, whose log-probabilities are read from a device that does not show them otherwise;
   * by default none.
   */
  readonly probed?: number;
}

export interface Rollout {
  readonly trajectory: Trajectory;
  readonly facts: RolloutFacts;
  /** Null: no reward (the episode broke off, or was truncated under `mask`); never 0 by default. */
  readonly reward: RewardRecord | null;
  /** Why there is none, when the episode broke off. */
  readonly failure: string | null;
}

export interface Group {
  readonly id: string;
  readonly rollouts: readonly Rollout[];
}

/** G rollouts of one case. Same model, `seed` and case: same rollouts. Throws a UserError for a reward that is no number. */
export async function rollOutGroup(
  example: LabelledCase,
  deps: InspectionDeps,
  settings: RolloutSettings,
  seed: number,
): Promise<Group> {
  const episodes = await rollOutMembers(example, deps, settings, seed);
  const rewards = scoreEpisodes(episodes, settings);
  return {
    id: example.id,
    rollouts: episodes.map(({ trajectory, facts, failure }, index) => {
      const reward = rewards[index]!;
      return { trajectory: reward ? { ...trajectory, reward } : trajectory, facts, failure, reward };
    }),
  };
}

async function rollOutMembers(
  example: LabelledCase,
  deps: InspectionDeps,
  settings: RolloutSettings,
  seed: number,
): Promise<Episode[]> {
  const { backbone } = deps.model;
  const shared = { ...example, exemplars: withMemory(example.exemplars) };
  const match = deps.match && sharedMatch(() => deps.match!(shared.exemplars));
  const ownDeps = { ...deps, match: match && (() => match) };
  const part = await example.part();
  const rollOne = (member: number, acting: Backbone) => {
    const own = { id: `${example.id}#${member}`, seed: memberSeed(seed, member) };
    const sampling = { ...settings.sampling, readsAll: member < (settings.probed ?? 0) };
    return rollOut({ example: shared, part, ...own }, acting, ownDeps, { ...settings, sampling });
  };
  const members = Array.from({ length: settings.groupSize }, (_, member) => member);
  const sessions = backbone.createSessions?.(settings.groupSize);
  if (!sessions) {
    const episodes: Episode[] = [];
    for (const member of members) episodes.push(await rollOne(member, backbone));
    return episodes;
  }
  const ended = await Promise.allSettled(
    members.map(async (member) => {
      const session = sessions[member]!;
      try {
        return await rollOne(member, { ...backbone, createSession: () => session });
      } finally {
        session.dispose(); // whatever happened: the others wait for it
      }
    }),
  );
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

interface Episode {
  readonly trajectory: Trajectory;
  readonly facts: RolloutFacts;
  readonly failure: string | null;
}

/** Episodes that broke off take no part in the group's reward, not even in its rates. */
export function scoreEpisodes(
  episodes: readonly Episode[],
  { reward, truncated }: Pick<RolloutSettings, 'reward' | 'truncated'>,
): (RewardRecord | null)[] {
  const scored = episodes.filter(({ failure }) => failure === null);
  const rewards = reward.score(scored.map(({ facts }) => facts));
  return episodes.map((episode) => {
    if (episode.failure !== null) return null;
    const own = rewards[scored.indexOf(episode)]!;
    if (!episode.trajectory.truncated) return checkReward(episode.trajectory.id, own);
    return truncated === 'mask' ? null : { total: truncated, components: { truncated } };
  });
}

/** Ends of an episode that are the model's own doing; every other error is the environment's. */
const OWN_FAULTS: readonly string[] = ['answer-unparsable', 'answer-without-score', 'context-length'];

interface Asked {
  readonly example: LabelledCase;
  readonly part: DecodedImage;
  readonly id: string;
  readonly seed: number;
}

/** `acting` is the model as this member acts on it; rewards ask that of `deps`. */
async function rollOut(
  { example, part, id, seed }: Asked,
  acting: Backbone,
  deps: InspectionDeps,
  settings: RolloutSettings & { readonly sampling: { readonly readsAll: boolean } },
): Promise<Episode> {
  const { mode, limits, sampling } = settings;
  const images: Raster[] = [];
  let policy: RolloutPolicy | null = null;
  const { trace, record } = await inspectWith(
    {
      part,
      category: promptCategory(example),
      types: example.types,
      mode,
      library: example.exemplars,
      thresholds: DEFAULT_THRESHOLDS,
      seed,
      recipe: null,
      onEvent: (event) => {
        if (event.type === 'image') images.push(event.pixels);
      },
    },
    deps,
    { limits, temperature: sampling.temperature },
    (endOfTurnId) => {
      const { maxNewTokens } = limits;
      policy = createRolloutPolicy(acting, { endOfTurnId, maxNewTokens, sampling, seed });
      return policy.policy;
    },
  );
  const { turns, images: shown } = policy! as RolloutPolicy;
  if (turns.length === 0) checkPrompt(example.id, trace, record.ids.length, deps.model.backbone.config);
  const { status, errors, agentAnswer } = trace.verdict;
  const fault = errors.find(({ code }) => !OWN_FAULTS.includes(code));
  const isFailed = status === 'interrupted' || fault !== undefined;
  const isCut = turns.some((turn) => turn.isCut) || errors.some(({ code }) => code === 'context-length');
  const spans = turns.map(({ from, ids }) => ({ from, to: from + ids.length }));
  for (const { from, ids } of turns) {
    assert(
      ids.every((drawnId, index) => record.ids[from + index] === drawnId),
      `${id}: the record has other ids`,
    );
  }
  const gain =
    settings.reward.needsConfidence && agentAnswer && !isFailed
      ? await confidenceGain(deps.model.backbone, { record, images: shown, saysAnomalous: agentAnswer.anomaly_present })
      : null;
  const trajectory: Trajectory = {
    id,
    mode,
    ids: record.ids,
    segments: typeSegments(record.segments, spans),
    images,
    label: example.label,
    sampler: { temperature: logTemperature(sampling), topP: sampling.topP, seed },
    ...readLogProbabilities(record.ids.length, turns),
    calls: readCalls(trace),
    truncated: agentAnswer === null && isCut,
    meta: {
      category: example.category,
      type: example.type,
      boxes: example.boxes,
      split: 'train',
      source: example.source,
      group: example.group,
    },
  };
  const failure = isFailed ? (fault?.message ?? 'interrupted') : null;
  return { trajectory, facts: readFacts(trace, example, gain), failure };
}

function readLogProbabilities(
  count: number,
  turns: RolloutPolicy['turns'],
): Pick<Trajectory, 'logProbabilities'> | Record<string, never> {
  if (turns.some(({ logProbabilities }) => logProbabilities === null)) return {};
  const all = Array.from({ length: count }, () => NaN);
  for (const { from, logProbabilities } of turns) all.splice(from, logProbabilities!.length, ...logProbabilities!);
  return { logProbabilities: all };
}

/** The first assistant turn is message 2. */
const FIRST_ASSISTANT_TURN = 2;

function readCalls(trace: Trace): Trajectory['calls'] {
  return trace.steps.flatMap(({ call, observation }, index) =>
    call && observation
      ? [
          {
            turn: FIRST_ASSISTANT_TURN + 2 * index,
            name: call.name,
            arguments: call.arguments,
            ok: !observation.isError,
            error: observation.isError ? observation.text : null,
          },
        ]
      : [],
  );
}

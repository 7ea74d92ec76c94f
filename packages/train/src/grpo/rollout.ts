/** Rollouts of one prompt: the same agent, tools and renderer as inference, sampled, with rewards by the group. */
import { inspectWith } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps, LoopLimits } from '@agentiad/core/agent/request.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { mixSeed } from '../parts/noise.ts';
import { confidenceGain } from '../rewards/confidence.ts';
import type { RolloutFacts } from '../rewards/facts.ts';
import { readFacts } from '../rewards/readFacts.ts';
import type { RewardPreset } from '../rewards/reward.ts';
import { checkReward } from '../rewards/reward.ts';
import { promptCategory, withMemory } from '../trajectories/build.ts';
import type { RewardRecord, Trajectory } from '../trajectories/trajectory.ts';
import type { RolloutPolicy } from './rolloutPolicy.ts';
import { createRolloutPolicy } from './rolloutPolicy.ts';
import type { SamplingSettings } from './sampling.ts';
import { logTemperature } from './sampling.ts';
import { typeSegments } from './segments.ts';

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
  const library = withMemory(example.exemplars);
  const episodes: Episode[] = [];
  for (let member = 0; member < settings.groupSize; member++) {
    const own = mixSeed('rollout', seed, member);
    episodes.push(await rollOut({ ...example, exemplars: library }, deps, settings, `${example.id}#${member}`, own));
  }
  const rewards = scoreEpisodes(episodes, settings);
  return {
    id: example.id,
    rollouts: episodes.map(({ trajectory, facts, failure }, index) => {
      const reward = rewards[index]!;
      return { trajectory: reward ? { ...trajectory, reward } : trajectory, facts, failure, reward };
    }),
  };
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

async function rollOut(
  example: LabelledCase,
  deps: InspectionDeps,
  settings: RolloutSettings,
  id: string,
  seed: number,
): Promise<Episode> {
  const { mode, limits, sampling } = settings;
  const images: Raster[] = [];
  let acting: RolloutPolicy | null = null;
  const { trace, record } = await inspectWith(
    {
      part: await example.part(),
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
      acting = createRolloutPolicy(deps.model.backbone, { endOfTurnId, maxNewTokens, sampling, seed });
      return acting.policy;
    },
  );
  const { turns, images: shown } = acting!;
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

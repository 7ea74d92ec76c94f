/** What a list needs to know of a verdict: pulled out once, so that lists never read traces. */
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { AskedFor, RunRecord } from './schema.ts';

export type RunFacts = Pick<
  RunRecord,
  'label' | 'score' | 'agentSays' | 'thresholds' | 'recipe' | 'part' | 'libraryScore' | 'exemplarSha256'
>;

/** Facts of a run that has no verdict, as far as it is known what it is asked. */
export function factsOfAsking(askedFor: AskedFor | null): RunFacts {
  const { recipe, part } = askedFor ?? {};
  const none = factsOfVerdict(null);
  return {
    ...none,
    recipe: recipe ? { id: recipe.id, version: recipe.version, name: recipe.name } : null,
    part: part ?? none.part,
  };
}

/** Facts of a verdict; of a run without one where it is null. */
export function factsOfVerdict(verdict: Verdict | null): RunFacts {
  const { part = null, lot = null, station = null, operator = null } = verdict?.part ?? {};
  const about = {
    recipe: verdict?.recipe ? { name: '', ...verdict.recipe } : null,
    part: { part, lot, station, operator },
    libraryScore: verdict?.libraryMatch?.score ?? null,
    exemplarSha256: (verdict?.exemplars ?? []).map(({ sha256 }) => sha256),
  };
  if (verdict?.status !== 'complete') return { label: null, score: null, agentSays: null, thresholds: null, ...about };
  const { t1, t2 } = verdict.settings;
  const says = verdict.agentAnswer && (verdict.agentAnswer.anomaly_present ? 'anomalous' : 'normal');
  return {
    label: verdict.verdict.label,
    score: verdict.verdict.score,
    agentSays: says,
    thresholds: { t1, t2 },
    ...about,
  };
}

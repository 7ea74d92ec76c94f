/** What changed since a validation, so that its figures no longer hold. */
import type { RecipeValidation, ValidatedWith } from '../protocol/recipe.ts';

export type StaleChange =
  | { readonly what: Exclude<keyof ValidatedWith, 'exemplarSha256' | 'modelSha256' | 'towerSha256'> }
  | { readonly what: 'modelSha256' | 'towerSha256' }
  /** Images it was measured on; something of the recipe that an edit changed for all inspections. */
  | { readonly what: 'labelled' | 'recipe' }
  | { readonly what: 'exemplarSha256'; readonly added: number; readonly removed: number };

/**
 * What keeps `validation` from holding for inspections made with `now`; empty: it holds. The one rule, for verdicts
 * (`agent/doubt.ts`) and for what the studio says of a recipe.
 */
export function changesSince(
  validation: Pick<RecipeValidation, 'with' | 'stale' | 'labelledChanged'>,
  now: ValidatedWith,
): StaleChange[] {
  const changes = staleChanges(validation.with, now);
  if (validation.labelledChanged) changes.push({ what: 'labelled' });
  return changes.length === 0 && validation.stale ? [{ what: 'recipe' }] : changes;
}

/** Field by field; order of tools and exemplars tells nothing. */
export function staleChanges(validated: ValidatedWith, now: ValidatedWith): StaleChange[] {
  return FIELDS.flatMap((what): StaleChange[] => {
    if (what === 'exemplarSha256') {
      const added = countMissing(now.exemplarSha256, validated.exemplarSha256);
      const removed = countMissing(validated.exemplarSha256, now.exemplarSha256);
      return added + removed > 0 ? [{ what, added, removed }] : [];
    }
    return canonical(what, validated) === canonical(what, now) ? [] : [{ what }];
  });
}

/** In plain words, to stand after "changed since its validation:". */
export function staleReasons(changes: readonly StaleChange[]): string[] {
  return changes.map((change) => {
    if (change.what !== 'exemplarSha256') return WORDS[change.what];
    const counts = [
      ...(change.added > 0 ? [`${change.added} added`] : []),
      ...(change.removed > 0 ? [`${change.removed} taken away`] : []),
    ];
    return `${WORDS[change.what]} (${counts.join(', ')})`;
  });
}

const WORDS: Readonly<Record<StaleChange['what'], string>> = {
  modelSha256: 'the model',
  towerSha256: 'the feature tower of Library match',
  matchMethod: 'how Library match reckons',
  mode: 'the mode',
  tools: 'the allowed tools',
  types: 'the defect types',
  specification: 'the specification',
  areas: 'the inspected area',
  pixelCap: 'the pixel cap',
  exemplarSha256: 'the known-good parts',
  triage: 'the fast path',
  labelled: 'the labelled images',
  recipe: 'the recipe',
};

const FIELDS = (Object.keys(WORDS) as StaleChange['what'][]).filter((what) => what !== 'labelled' && what !== 'recipe');

function canonical(what: keyof ValidatedWith, { areas, triage, ...rest }: ValidatedWith): string {
  if (what === 'areas') return JSON.stringify([areas.roi, areas.ignore]);
  if (what === 'matchMethod') return JSON.stringify(rest.matchMethod ?? 1);
  if (what === 'triage') return JSON.stringify(triage && [triage.low, triage.high]);
  return JSON.stringify(what === 'tools' ? rest.tools.toSorted() : rest[what]);
}

function countMissing(from: readonly string[], others: readonly string[]): number {
  const known = new Set(others);
  return from.filter((item) => !known.has(item)).length;
}

/** What one version of a recipe says otherwise than the one before, as keys of words with their values. Pure. */
import { isWholeImage } from '@agentiad/core/image/areas.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { contentOf, type RecipeContent } from '../../state/recipes.ts';

export interface VersionChange {
  readonly field: keyof RecipeContent;
  /** Key under `recipe:diff`. */
  readonly word: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export interface Wording {
  readonly number: (value: number) => string;
  readonly mode: (mode: Recipe['mode']) => string;
  readonly type: (type: string) => string;
  readonly tool: (tool: Recipe['tools'][number]) => string;
}

/** Empty: only what validation found is new. */
export function versionChanges(before: Recipe, after: Recipe, say: Wording): readonly VersionChange[] {
  const [a, b] = [contentOf(before), contentOf(after)];
  const isChanged = (field: keyof RecipeContent) => JSON.stringify(a[field]) !== JSON.stringify(b[field]);
  const change = (field: keyof RecipeContent, word: string, values: VersionChange['values'] = {}) => ({
    field,
    word,
    values,
  });
  const told: VersionChange[] = [];
  if (isChanged('name')) told.push(change('name', 'name', { from: a.name, to: b.name }));
  if (isChanged('types')) told.push(...listChange('types', a.types.map(say.type), b.types.map(say.type)));
  if (isChanged('specification')) told.push(change('specification', 'specification'));
  if (isChanged('areas'))
    told.push(
      isWholeImage(b.areas)
        ? change('areas', 'wholeImage')
        : change('areas', 'areas', { roi: b.areas.roi.length, ignore: b.areas.ignore.length }),
    );
  if (isChanged('mode')) told.push(change('mode', 'mode', { from: say.mode(a.mode), to: say.mode(b.mode) }));
  else if (isChanged('tools')) told.push(...listChange('tools', a.tools.map(say.tool), b.tools.map(say.tool)));
  if (isChanged('t1')) told.push(change('t1', 't1', { from: say.number(a.t1), to: say.number(b.t1) }));
  if (isChanged('t2')) told.push(change('t2', 't2', { from: say.number(a.t2), to: say.number(b.t2) }));
  if (isChanged('triage')) told.push(change('triage', b.triage ? 'triageOn' : 'triageOff'));
  if (isChanged('modelSha256'))
    told.push(
      b.modelSha256 === null
        ? change('modelSha256', 'anyModel')
        : change('modelSha256', 'model', { to: b.modelId ?? '' }),
    );
  if (isChanged('pixelCap'))
    told.push(
      b.pixelCap === null
        ? change('pixelCap', 'ownDetail')
        : change('pixelCap', 'pixelCap', { to: say.number(b.pixelCap / 1e6) }),
    );
  if (isChanged('exemplarSha256')) {
    const added = b.exemplarSha256.filter((sha256) => !a.exemplarSha256.includes(sha256)).length;
    const removed = a.exemplarSha256.filter((sha256) => !b.exemplarSha256.includes(sha256)).length;
    if (added > 0) told.push(change('exemplarSha256', 'exemplarsAdded', { count: added }));
    if (removed > 0) told.push(change('exemplarSha256', 'exemplarsRemoved', { count: removed }));
  }
  if (isChanged('namePattern'))
    told.push(
      b.namePattern === null
        ? change('namePattern', 'noPattern')
        : change('namePattern', 'pattern', { to: b.namePattern }),
    );
  return told;
}

function listChange(
  field: 'types' | 'tools',
  before: readonly string[],
  after: readonly string[],
): readonly VersionChange[] {
  const added = after.filter((one) => !before.includes(one));
  const removed = before.filter((one) => !after.includes(one));
  const told: VersionChange[] = [];
  if (added.length > 0) told.push({ field, word: `${field}Added`, values: { list: added.join(', ') } });
  if (removed.length > 0) told.push({ field, word: `${field}Removed`, values: { list: removed.join(', ') } });
  if (told.length === 0) told.push({ field, word: `${field}Order`, values: {} });
  return told;
}

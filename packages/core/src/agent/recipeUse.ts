/** What a recipe makes of an inspection: where is looked, with which tools, how large images reach the model. */
import type { Areas } from '../image/areas.ts';
import { blankOutside, isWholeImage, WHOLE_IMAGE } from '../image/areas.ts';
import type { ModelCard } from '../model/backbone.ts';
import type { ToolName } from '../protocol/modes.ts';
import { MODES } from '../protocol/modes.ts';
import { readNamePattern } from '../protocol/namePattern.ts';
import type { ValidatedWith } from '../protocol/recipe.ts';
import type { PartFields } from '../protocol/verdict.ts';
import { MATCH_METHOD } from '../tools/difference/options.ts';
import type { InspectionRequest, LoopLimits } from './request.ts';

export function areasOf({ recipe }: Pick<InspectionRequest, 'recipe'>): Areas {
  return recipe?.areas ?? WHOLE_IMAGE;
}

/** Tools of the mode that the recipe allows. */
export function allowedTools({ mode, recipe }: Pick<InspectionRequest, 'mode' | 'recipe'>): readonly ToolName[] {
  return (MODES[mode] as readonly ToolName[]).filter((name) => !recipe || recipe.tools.includes(name));
}

/** The limits with the recipe's pixel cap. */
export function cappedLimits(limits: LoopLimits, { recipe }: Pick<InspectionRequest, 'recipe'>): LoopLimits {
  const cap = recipe?.pixelCap ?? null;
  if (cap === null) return limits;
  return {
    ...limits,
    partMaxPixels: Math.min(limits.partMaxPixels, cap),
    cropMaxPixels: Math.min(limits.cropMaxPixels, cap),
  };
}

/** What is not inspected is grey, on the part and on every exemplar. */
export function blankRequest(request: InspectionRequest): InspectionRequest {
  const areas = areasOf(request);
  if (isWholeImage(areas)) return request;
  const { part, library } = request;
  return {
    ...request,
    part: { ...part, raster: blankOutside(part.raster, areas) },
    library: library && {
      ...library,
      exemplars: library.exemplars.map((exemplar) => ({
        ...exemplar,
        load: async () => blankOutside(await exemplar.load(), areas),
      })),
    },
  };
}

/** What the inspection is made with, as a validation writes it down. */
export function validatedWith(
  request: Pick<InspectionRequest, 'recipe' | 'mode' | 'types' | 'library'>,
  loaded: Pick<ValidatedWith, 'modelSha256' | 'towerSha256'>,
): ValidatedWith {
  const { recipe, mode, types, library } = request;
  return {
    ...loaded,
    matchMethod: MATCH_METHOD,
    mode,
    tools: allowedTools(request),
    types,
    specification: recipe?.specification ?? '',
    areas: areasOf(request),
    pixelCap: recipe?.pixelCap ?? null,
    exemplarSha256: (library?.exemplars ?? []).map(({ sha256 }) => sha256),
    triage: recipe?.triage ?? null,
  };
}

/** As somebody told it, else as the file's name tells it by the recipe's pattern. */
export function partFields({
  part,
  recipe,
  partFields: given,
}: Pick<InspectionRequest, 'part' | 'recipe' | 'partFields'>): PartFields {
  const told = recipe?.namePattern ? readNamePattern(recipe.namePattern)(part.name) : null;
  const field = (name: keyof PartFields) => given?.[name] ?? told?.[name] ?? null;
  return { part: field('part'), lot: field('lot'), station: field('station'), operator: field('operator') };
}

/** The recipe's specification, as far as the model reads such. */
export function specificationFor(
  { recipe }: Pick<InspectionRequest, 'recipe'>,
  { name, readsSpecification = true }: Pick<ModelCard, 'name' | 'readsSpecification'>,
): { readonly specification: string; readonly warnings: readonly string[] } {
  const specification = recipe?.specification.trim() ?? '';
  if (specification === '' || readsSpecification) return { specification, warnings: [] };
  const warning = `The specification was not told to the model: ${name} has not learned to read one.`;
  return { specification: '', warnings: [warning] };
}

/** Warnings where the recipe names another model than the one that inspects. */
export function foreignModel(
  { recipe }: Pick<InspectionRequest, 'recipe'>,
  { name, sha256 }: Pick<ModelCard, 'name' | 'sha256'>,
): readonly string[] {
  if (!recipe?.modelSha256 || recipe.modelSha256 === sha256) return [];
  return [`The recipe is made for the model ${recipe.modelId ?? recipe.modelSha256.slice(0, 12)}; this is ${name}.`];
}

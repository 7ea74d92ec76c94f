/** Which part, lot, station and operator an inspection is of: told by the file's name, else as somebody typed it. Pure. */
import { readNamePattern } from '@agentiad/core/protocol/namePattern.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { PartFields } from '@agentiad/core/protocol/verdict.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { StudioState } from './studioState.ts';

export const PART_FIELDS = ['part', 'lot', 'station', 'operator'] as const satisfies readonly (keyof PartFields)[];
export type PartField = (typeof PART_FIELDS)[number];

/** What was typed. Part and lot are of one image; station and operator stay. */
export interface TypedPart {
  readonly image: { readonly sha256: string; readonly part: string | null; readonly lot: string | null } | null;
  readonly station: string | null;
  readonly operator: string | null;
}

export const NOTHING_TYPED: TypedPart = { image: null, station: null, operator: null };
export const NO_PART_FIELDS: PartFields = { part: null, lot: null, station: null, operator: null };

/** What a file name tells by the pattern; of a pattern that is none, nothing. */
export function toldByName(pattern: string | null, name: string): PartFields {
  if (pattern === null) return NO_PART_FIELDS;
  try {
    return readNamePattern(pattern)(name);
  } catch (error) {
    if (error instanceof UserError) return NO_PART_FIELDS; // of a file made elsewhere; the recipe's form says what is wrong
    throw error;
  }
}

/** What an inspection of this image gets with it. What was typed for the image goes before what its name tells. */
export function partFieldsFor(
  { typedPart }: Pick<StudioState, 'typedPart'>,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  recipe: Pick<Recipe, 'namePattern'> | null,
): PartFields {
  const told = toldByName(recipe?.namePattern ?? null, name);
  const typed = typedPart.image?.sha256 === sha256 ? typedPart.image : null;
  return {
    part: typed?.part ?? told.part,
    lot: typed?.lot ?? told.lot,
    station: told.station ?? typedPart.station,
    operator: told.operator ?? typedPart.operator,
  };
}

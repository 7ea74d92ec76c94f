/** Which tools an inspection offers the agent, and what the verdict says of those it could not offer. */
import type { ToolName } from '../protocol/modes.ts';
import { COMPARING_TOOLS } from '../tools/index.ts';
import { usableExemplars } from '../tools/query.ts';
import { allowedTools } from './recipeUse.ts';
import type { InspectionRequest } from './request.ts';

/** Tools of the mode that the recipe allows, less those that have nothing to compare with or to compare by, and less `withheld` ones. */
export function offerTools(
  request: Pick<InspectionRequest, 'mode' | 'library' | 'part' | 'recipe'>,
  hasTower: boolean,
  withheld: readonly ToolName[] = [],
): { offered: readonly ToolName[]; warnings: readonly string[] } {
  const wanted = allowedTools(request).filter((name) => !withheld.includes(name));
  const isEmpty = usableExemplars(request.library, request.part.sha256).length === 0;
  const offered = wanted.filter((name) => {
    if (isEmpty && COMPARING_TOOLS.includes(name)) return false;
    return hasTower || name !== 'difference';
  });
  if (offered.length === wanted.length) return { offered, warnings: [] };
  if (!isEmpty) return { offered, warnings: ['Compared by eye only: Library match is not loaded.'] };
  const warning = request.library?.exemplars.length
    ? 'Not compared: the only known-good part in the library is this very image. Add other known-good parts.'
    : 'Not compared: there are no known-good parts of this category. Add 3 to 10 known-good parts.';
  return { offered, warnings: [warning] };
}

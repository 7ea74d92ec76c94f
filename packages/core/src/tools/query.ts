/** Comparative Retriever: `query_image` (agent-spec §2.2, §3.2): the most similar known-good part, never the part itself. */
import type { Exemplar, ExemplarSet } from './exemplars.ts';
import type { Tool, ToolContext, ToolOutcome } from './tool.ts';
import { ToolError } from './tool.ts';

export const queryTool: Tool = {
  name: 'query_image',
  description: 'Compare: returns an image of a known-good part of the same class.',
  parameters: { type: 'object', properties: {}, required: [] },
  async run(_args, context) {
    const part = context.images[0]!;
    const candidates = usableExemplars(context.library, part.source.sha256);
    if (candidates.length === 0) {
      throw new ToolError('There is no known-good part of this class to compare with. Decide without comparing.');
    }
    const ranked = await rankExemplars(context, candidates);
    const chosen = ranked.find(({ exemplar }) => !context.shownExemplars.includes(exemplar.id)) ?? ranked[0]!;
    return showExemplar(chosen.exemplar, chosen.similarity);
  },
};

/** What showing `exemplar` tells the model; `similarity` is null where nothing measured it. */
export async function showExemplar(exemplar: Exemplar, similarity: number | null): Promise<ToolOutcome> {
  const raster = await exemplar.load();
  const { id, name, sha256 } = exemplar;
  return {
    text: `\nHere is the normal reference image (Image Size: ${raster.width}x${raster.height}):`,
    image: {
      role: 'exemplar',
      source: { sha256, name, width: raster.width, height: raster.height },
      frame: [0, 0, raster.width, raster.height],
      raster,
    },
    boxes: [],
    exemplar: { id, name, sha256, similarity },
  };
}

/** Exemplars that may be compared with the part of this hash: all but itself. */
export function usableExemplars(library: ExemplarSet | null, partSha256: string): readonly Exemplar[] {
  return library ? library.exemplars.filter((exemplar) => exemplar.sha256 !== partSha256) : [];
}

/** Candidates by likeness to the part, best first. */
export async function rankExemplars(
  context: ToolContext,
  candidates: readonly Exemplar[],
): Promise<readonly { exemplar: Exemplar; similarity: number | null }[]> {
  if (!context.match || !context.library) return candidates.map((exemplar) => ({ exemplar, similarity: null }));
  const part = context.images[0]!;
  const ranking = await context.match.nearest({ raster: part.raster, excludeSha256: part.source.sha256 });
  return ranking.map(({ exemplarIndex, similarity }) => ({
    exemplar: context.library!.exemplars[exemplarIndex]!,
    similarity,
  }));
}

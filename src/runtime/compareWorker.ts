/** The worker's side of comparing: registration with its difference map, and the order of similarity. */
import { differenceMap } from '@agentiad/core/image/registration/difference.ts';
import { register } from '@agentiad/core/image/registration/register.ts';
import { compose, scaling } from '@agentiad/core/image/registration/similarity.ts';
import { resizeRaster } from '@agentiad/core/image/resize.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { AlignImage, CompareApi } from './compareMessages.ts';
import { decodeImage } from './decode/decodeImage.ts';
import { outcomeOf, type LibraryJob } from './messages.ts';

/** `open` gives Library match over a library, with the exemplars in its order, or null when there is none now. */
export function createCompareApi(open: (library: LibraryJob) => LibraryMatch | null): CompareApi {
  return {
    align: (part, exemplar) =>
      outcomeOf(exemplar.name, async () => {
        const [fixed, moving] = [await pixelsOf(part), await pixelsOf(exemplar)];
        const found = register(fixed, moving);
        const difference = found.isReliable ? differenceMap(fixed, moving, found.transform) : null;
        const fromOriginal = scaling(moving.width / exemplar.size.width);
        const toOriginal = scaling(part.size.width / fixed.width);
        const transform = compose(toOriginal, compose(found.transform, fromOriginal));
        return { registration: { ...found, transform }, difference };
      }),

    rank: (part, library) =>
      outcomeOf(part.name, async () => {
        const match = open(library);
        if (!match) return null;
        const raster = await pixelsOf(part);
        const ranked = await match.nearest({ raster, excludeSha256: part.sha256 });
        return ranked.map(({ exemplarIndex, similarity }) => ({
          sha256: library.exemplars[exemplarIndex]!.sha256,
          similarity,
        }));
      }),
  };
}

/** Pixels of the original's shape: what a model saw is rounded to whole patches, each side by itself. */
async function pixelsOf({ bytes, name, size, window }: AlignImage): Promise<Raster> {
  const { raster } = await decodeImage(new Uint8Array(bytes), name, window);
  const height = Math.max(1, Math.round((raster.width * size.height) / size.width));
  return resizeRaster(raster, raster.width, height);
}

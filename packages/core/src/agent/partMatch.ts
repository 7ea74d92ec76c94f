/** Library match as one inspection uses it: over the part as the file shows it, within the recipe's areas. */
import type { Areas } from '../image/areas.ts';
import { isWholeImage } from '../image/areas.ts';
import type { Box } from '../image/box.ts';
import { cropRaster } from '../image/crop.ts';
import type { Raster } from '../image/raster.ts';
import type { DifferenceResult, LibraryMatch } from '../tools/difference/contract.ts';
import { MAX_PLACES } from '../tools/differenceTool.ts';

/** `shown`: the part as the model sees it, whose comparison as a whole is made once and kept. */
export function matchPart(
  match: LibraryMatch,
  { file, shown, areas }: { readonly file: Raster; readonly shown: Raster; readonly areas: Areas },
): LibraryMatch {
  let whole: Promise<DifferenceResult> | null = null;
  const isWhole = isWholeImage(areas);
  return {
    exemplarCount: match.exemplarCount,
    towerSha256: match.towerSha256,
    async compare(request) {
      const { raster, view, topK } = request;
      // Exemplars are compared as they are, so the part is too: a grey place would differ from all of them.
      const source = isWhole ? raster : cut(file, view);
      const asked = { ...request, raster: source, ...(!isWhole && { areas }) };
      if (raster !== shown) return match.compare(asked);
      const compared = (whole ??= match.compare({ ...asked, topK: MAX_PLACES }));
      // What failed is tried again when it is asked for again.
      const result = await compared.catch((error: unknown) => {
        whole = null;
        throw error;
      });
      return { ...result, places: result.places.slice(0, topK) };
    },
    nearest: (request) => match.nearest({ ...request, raster: file }),
  };
}

/** Views are cut at whole pixels. */
function cut(file: Raster, [x1, y1, x2, y2]: Box): Raster {
  const { width, height } = file;
  const box = [x1 * width, y1 * height, x2 * width, y2 * height].map(Math.round) as [number, number, number, number];
  return box[2] - box[0] === width && box[3] - box[1] === height ? file : cropRaster(file, box);
}

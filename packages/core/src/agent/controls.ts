/** Controls: the same agent with what it should rely on taken away or made wrong. The evaluation and the studio use them. */
import { fillRaster } from '../image/crop.ts';
import type { Raster } from '../image/raster.ts';
import { sha256Hex } from '../support/hash.ts';
import { createRandom } from '../support/random.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { ExemplarSet } from '../tools/exemplars.ts';
import type { ConversationImage } from '../tools/tool.ts';

/** Shows grey instead of crops of the part, all of them or those that `isMeant`. */
export function greyCrops(isMeant: (crop: ConversationImage) => boolean = () => true) {
  return (image: ConversationImage): ConversationImage =>
    image.role === 'crop' && isMeant(image) ? { ...image, raster: fillRaster(image.raster) } : image;
}

/** Tiles per side into which a good part is cut. */
const TILES = 8;

/** Good parts cut into tiles that have changed places: same colours and textures, no part that one could compare with. */
export function shuffledExemplars(set: ExemplarSet, seed: number): ExemplarSet {
  return {
    ...set,
    exemplars: set.exemplars.map((exemplar) => ({
      ...exemplar,
      sha256: sha256Hex(encodeUtf8(`shuffled ${seed} ${exemplar.sha256}`)),
      load: async () => shuffleTiles(await exemplar.load(), seed),
    })),
  };
}

function shuffleTiles(raster: Raster, seed: number): Raster {
  const [width, height] = [Math.floor(raster.width / TILES), Math.floor(raster.height / TILES)];
  const random = createRandom(seed);
  const order = Array.from({ length: TILES * TILES }, (_, index) => index);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  const data = raster.data.slice();
  order.forEach((from, to) => {
    for (let row = 0; row < height; row++) {
      const start = offset(from, row);
      data.set(raster.data.subarray(start, start + 3 * width), offset(to, row));
    }
  });
  return { ...raster, data };

  function offset(tile: number, row: number): number {
    const [x, y] = [(tile % TILES) * width, Math.floor(tile / TILES) * height + row];
    return 3 * (y * raster.width + x);
  }
}

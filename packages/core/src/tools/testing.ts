/** Painted images, made-up exemplars and a Library match that finds what it is told, for tests. */
import { fillRaster } from '../image/crop.ts';
import type { Raster } from '../image/raster.ts';
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { DifferenceResult, LibraryMatch } from './difference/contract.ts';
import type { ExemplarSet } from './exemplars.ts';

/** Every pixel tells where it is: red = column, green = row (modulo 256). */
export function paintRaster(width: number, height: number): Raster {
  const raster = fillRaster({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raster.data.set([x, y, 0], (y * width + x) * 3);
  }
  return raster;
}

/** Known-good parts `good1.png`, `good2.png`, ... of 160 x 120 pixels. */
export function makeLibrary(count: number): ExemplarSet {
  const names = Array.from({ length: count }, (_, index) => `good${index + 1}.png`);
  const size = { width: 160, height: 120 };
  return {
    category: 'washer',
    exemplars: names.map((name) => ({
      id: `id-${name}`,
      name,
      sha256: sha256Hex(encodeUtf8(name)),
      ...size,
      load: () => Promise.resolve(fillRaster(size)),
    })),
  };
}

/** Finds one place, the middle ninth of whatever it compares; ranks the exemplars last to first. */
export function fakeMatch(library: ExemplarSet): LibraryMatch {
  const usable = (excluded: string) => library.exemplars.filter(({ sha256 }) => sha256 !== excluded);
  return {
    exemplarCount: library.exemplars.length,
    towerSha256: 'f'.repeat(64),
    compare({ excludeSha256 }) {
      const exemplarCount = usable(excludeSha256).length;
      const isCalibrated = exemplarCount >= 3;
      const result: DifferenceResult = {
        places: [{ box: [1 / 3, 1 / 3, 2 / 3, 2 / 3], ratio: 1.62, percentile: isCalibrated ? 99 : null }],
        score: 1.62,
        standsOut: 1.62,
        percentile: isCalibrated ? 99 : null,
        calibrated: isCalibrated,
        exemplarCount,
        peak: [0.5, 0.5],
        map: { rows: 1, columns: 2, values: Float32Array.of(0.5, 1.62), kind: 'ratio' },
      };
      return Promise.resolve(result);
    },
    nearest({ excludeSha256 }) {
      const ranked = usable(excludeSha256).toReversed();
      return Promise.resolve(
        ranked.map((exemplar, rank) => ({
          exemplarIndex: library.exemplars.indexOf(exemplar),
          similarity: 0.9 - 0.1 * rank,
        })),
      );
    },
  };
}

import { describe, expect, it } from 'vitest';
import { applyOrientation } from './orientation.ts';
import type { Raster } from './raster.ts';

/** A raster from rows of letters, one grey value each. */
const raster = (...rows: string[]): Raster => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from([...rows.join('')].flatMap((letter) => Array<number>(3).fill(letter.charCodeAt(0)))),
});

describe('applyOrientation', () => {
  // How each EXIF value stores the upright picture ABC / DEF.
  it.each([
    [1, ['ABC', 'DEF']],
    [2, ['CBA', 'FED']],
    [3, ['FED', 'CBA']],
    [4, ['DEF', 'ABC']],
    [5, ['AD', 'BE', 'CF']],
    [6, ['CF', 'BE', 'AD']],
    [7, ['FC', 'EB', 'DA']],
    [8, ['DA', 'EB', 'FC']],
  ])('%i makes the stored picture upright', (orientation, stored) => {
    expect(applyOrientation(raster(...stored), orientation)).toEqual(raster('ABC', 'DEF'));
  });
});

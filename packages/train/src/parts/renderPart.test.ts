import { describe, expect, it } from 'vitest';
import { listFamilies } from './families/index.ts';
import { dilate } from './mask.ts';
import { renderPart } from './renderPart.ts';
import { familiesOf, HELD_OUT_FAMILIES } from './split.ts';
import { DEFECT_TYPES } from './types.ts';

const size = 160;

describe('the families', () => {
  it('are at least ten; three whole ones are held out: a texture, an object, a printed one', () => {
    expect(listFamilies().length).toBeGreaterThanOrEqual(10);
    const heldOut = familiesOf('heldOut');
    expect(heldOut.map((f) => f.name).sort()).toEqual([...HELD_OUT_FAMILIES].sort());
    expect(heldOut.map((f) => f.kind).sort()).toEqual(['object', 'printed', 'texture']);
    expect(familiesOf('train').some((f) => heldOut.includes(f))).toBe(false);
  });

  it('show every defect type in several families', () => {
    for (const type of DEFECT_TYPES) {
      expect(listFamilies().filter((f) => f.types.includes(type)).length, type).toBeGreaterThanOrEqual(3);
    }
  });
});

describe.each(listFamilies().map((family) => [family.name, family] as const))('%s', (name, family) => {
  const request = { family: name, categorySeed: 5, partSeed: 2, size };

  it('renders the same bytes for the same seeds and another picture for another part', () => {
    const a = renderPart({ ...request, defect: null });
    const isSame = (over: object) =>
      Buffer.compare(renderPart({ ...request, ...over, defect: null }).raster.data, a.raster.data) === 0;
    expect(isSame({})).toBe(true);
    expect(isSame({ partSeed: 3 })).toBe(false);
  });

  it.each(family.types)('differs from its good twin only around the mask of a %s', (defect) => {
    const good = renderPart({ ...request, defect: null }).raster.data;
    for (const severity of [0, 1]) {
      const bad = renderPart({ ...request, defect, severity });
      const halo = dilate(bad.mask!, size, 2);
      let changedInside = 0;
      let changedOutside = 0;
      for (let i = 0; i < good.length; i++) {
        if (good[i] === bad.raster.data[i]) continue;
        if (halo[Math.floor(i / 3)] === 0) changedOutside++;
        else changedInside++;
      }
      expect(changedOutside).toBe(0);
      expect(changedInside).toBeGreaterThan(20);
      const [x1, y1, x2, y2] = bad.boxes[0]!.box;
      expect(x1 >= 0 && y1 >= 0 && x2 <= size && y2 <= size && x1 < x2 && y1 < y2).toBe(true);
      expect(bad.type).toBe(defect);
    }
  });
});

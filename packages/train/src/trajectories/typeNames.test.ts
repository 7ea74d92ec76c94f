import { describe, expect, it } from 'vitest';
import type { LabelledCase } from '../data/labelledCase.ts';
import { caseRandom } from './caseRandom.ts';
import { GOOD, makeCase } from './testCase.ts';
import { OTHER_NAMES, renameTypes } from './typeNames.ts';

const [bad, good] = [makeCase(), makeCase(GOOD)];
const draws = Array.from({ length: 60 }, (_, seed) => renameTypes(bad, caseRandom(1, seed)));
const isRenamed = ({ types }: { types: readonly string[] }) => !types.includes('scratch');

describe('renameTypes', () => {
  it('renames about half of the draws, list and label alike', () => {
    expect(draws.filter(isRenamed).length).toBeGreaterThan(15);
    expect(draws.filter(isRenamed).length).toBeLessThan(45);
    for (const { types, type } of draws) {
      expect(types).toHaveLength(2);
      expect(new Set(types).size).toBe(2);
      expect(types).toContain(type);
    }
    for (const { types } of draws.filter(isRenamed)) for (const type of types) expect(OTHER_NAMES).toContain(type);
  });

  it('shuffles the list, so that its order tells nothing', () => {
    const places = draws.map(({ types, type }) => types.indexOf(type!));
    expect(places).toContain(0);
    expect(places).toContain(1);
  });

  it('gives good parts a list as well, drawn in the same way', () => {
    draws.forEach(({ types }, seed) => {
      const renamed = renameTypes(good, caseRandom(1, seed));
      expect(renamed.type).toBeNull();
      expect(renamed.types).toEqual(types);
    });
  });

  it('reads boxes through: those of generated parts are known only after rendering', () => {
    let boxes: LabelledCase['boxes'] = [];
    const rendered: LabelledCase = {
      ...bad,
      get boxes() {
        return boxes;
      },
    };
    const example = renameTypes(rendered, caseRandom(1, 0));
    expect(example.boxes).toEqual([]);
    boxes = [{ box: [1, 2, 3, 4], type: null }];
    expect(example.boxes).toEqual(boxes);
  });

  it('has enough distinct names for the longest list', () => {
    expect(new Set(OTHER_NAMES).size).toBe(OTHER_NAMES.length);
    expect(OTHER_NAMES.length).toBeGreaterThan(40);
  });
});

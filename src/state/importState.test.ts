import { describe, expect, it } from 'vitest';
import type { ImportPlan } from '@agentiad/core/layouts/importPlan.ts';
import { examine, type ImportChoices } from './importState.ts';

const look = (sha256: string, width = 100, height = 100) => ({ sha256, width, height, sizeBytes: 10 });
const plan = (good: readonly string[], labelled: readonly string[] = []): ImportPlan => ({
  layout: 'mvtec-ad',
  conflicts: [],
  missing: [],
  groups: [
    { role: 'good', category: 'cap', paths: good },
    { role: 'labelled', category: 'cap', truth: 'normal', type: null, paths: labelled },
  ],
});
const choices: ImportChoices = {
  targets: { cap: { takes: true, category: 'Cap' } },
  takesLabelled: true,
  takesOutliers: true,
};

describe('looking at what is to be imported', () => {
  it('merges copies, with each other and with what is there', () => {
    const { refused } = examine({
      plan: plan(['a', 'b', 'c']),
      looks: new Map([
        ['a', look('1')],
        ['b', look('1')],
        ['c', look('2')],
      ]),
      choices,
      exemplars: [{ category: 'Cap', name: 'old.png', sha256: '2' }],
      labelled: [],
    });
    expect([...refused]).toEqual([
      ['b', { kind: 'copy', same: 'a', isInLibrary: false }],
      ['c', { kind: 'copy', same: 'old.png', isInLibrary: true }],
    ]);
  });

  it('never takes a tested image as a good part, nor tests with a good part', () => {
    const { refused } = examine({
      plan: plan(['a', 'b'], ['t', 'u']),
      looks: new Map([
        ['a', look('1')],
        ['b', look('2')],
        ['t', look('1')],
        ['u', look('3')],
      ]),
      choices,
      exemplars: [{ category: 'Cap', name: 'old.png', sha256: '3' }],
      labelled: [{ category: 'Cap', name: 'known.png', sha256: '2' }],
    });
    expect(Object.fromEntries(refused)).toEqual({
      a: { kind: 'labelled', same: 't' },
      b: { kind: 'labelled', same: 'known.png' },
      u: { kind: 'good', same: 'old.png' },
    });
  });

  it('names what cannot be read and what is of another size or shape', () => {
    const problem = { code: 'image-empty', subject: 'x', reason: 'is empty.', remedy: '' };
    const found = examine({
      plan: plan(['a', 'b', 'c', 'wide', 'small', 'x']),
      looks: new Map<string, ReturnType<typeof look> | typeof problem>([
        ['a', look('1')],
        ['b', look('2')],
        ['c', look('3', 102, 100)],
        ['wide', look('4', 160, 100)],
        ['small', look('5', 50, 50)],
        ['x', problem],
      ]),
      choices,
      exemplars: [],
      labelled: [],
    });
    expect([...found.outliers]).toEqual(['wide', 'small']);
    expect([...found.refused]).toEqual([['x', { kind: 'problem', problem }]]);
  });
});

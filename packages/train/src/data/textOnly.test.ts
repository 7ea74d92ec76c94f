import { describe, expect, it } from 'vitest';
import { listFamilies } from '../parts/families/index.ts';
import type { Label } from './labelledCase.ts';
import { proceduralCases } from './proceduralSource.ts';
import { textOnlyAccuracy } from './textOnly.ts';

describe('the label-leak test', () => {
  it('finds the leak of the published prompts: candidate lists that depend on the label', () => {
    const good = ['minor surface reflection glare', 'slight natural colour variation', 'normal edge shadow line'];
    const bad = ['scratch', 'crack', 'dent', 'hole'];
    const prompts: string[] = [];
    const labels: Label[] = [];
    for (let k = 0; k < 60; k++) {
      const isBad = k % 2 === 1;
      prompts.push(
        `part ${k % 6}: ${isBad ? `${bad[k % 4]} ${bad[(k + 1) % 4]}` : `${good[k % 3]} ${good[(k + 1) % 3]}`}`,
      );
      labels.push(isBad ? 'anomalous' : 'normal');
    }
    const result = textOnlyAccuracy(
      prompts,
      labels,
      prompts.map((_, k) => `class ${k % 6}`),
    );
    expect(result.leaks).toBe(true);
    expect(result.balancedAccuracy).toBeGreaterThan(0.9);
  });

  it('passes prompts made of our category and candidate list', () => {
    const cases = proceduralCases({ families: listFamilies(), split: 'train', count: 260, seed: 1 });
    const prompts = cases.map((c) => `Inspect this ${c.category.split('-')[0]}. Candidates: ${c.types.join(', ')}.`);
    const labels = cases.map((c) => c.label);
    expect(
      textOnlyAccuracy(
        prompts,
        labels,
        cases.map((c) => c.group),
      ).leaks,
    ).toBe(false);
    expect(
      textOnlyAccuracy(
        prompts,
        labels,
        cases.map((c) => c.category.split('-')[0]!),
      ).leaks,
    ).toBe(false);
  });
});

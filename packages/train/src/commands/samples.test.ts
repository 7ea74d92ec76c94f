import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SampleEntry } from '../parts/samples.ts';
import { describeSamples, SAMPLE_CATEGORIES } from '../parts/samples.ts';
import { SHIPPED_SAMPLES } from './samples.ts';

const shipped = JSON.parse(readFileSync(path.join(SHIPPED_SAMPLES, 'samples.json'), 'utf8')) as SampleEntry[];

describe('the shipped samples', () => {
  it('are what the generator makes today', () => {
    expect(SAMPLE_CATEGORIES.flatMap((category) => describeSamples(category).entries)).toEqual(shipped);
  });

  it('have all their files, nothing else, and weigh at most 4 MB', () => {
    const named = new Set(['samples.json', ...shipped.flatMap((sample) => [sample.part, ...sample.exemplars])]);
    const files = readdirSync(SHIPPED_SAMPLES);
    expect(files.sort()).toEqual([...named].sort());
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(SHIPPED_SAMPLES, file)).size, 0);
    expect(bytes).toBeLessThan(4e6);
  });

  it('show good and bad parts of every category under one candidate list', () => {
    for (const { category } of SAMPLE_CATEGORIES) {
      const own = shipped.filter((sample) => sample.category === category);
      expect(new Set(own.map((sample) => sample.truth.label))).toEqual(new Set(['normal', 'anomalous']));
      expect(new Set(own.map((sample) => sample.types.join())).size).toBe(1);
    }
  });
});

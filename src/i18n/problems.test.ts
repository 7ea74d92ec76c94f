/** Every problem that the page can show has its words in every language. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemCodes } from '../testing/problemCodes.ts';

type Words = Readonly<Record<string, { readonly reason?: string; readonly remedy?: string }>>;

const root = path.join(import.meta.dirname, '../..');
const chinese = JSON.parse(readFileSync(path.join(import.meta.dirname, 'zh/problems.json'), 'utf8')) as Words;
const codes = problemCodes(root);

const patternOf = (code: string) => new RegExp(`^${code.replaceAll('…', '.+')}$`);

describe('the problems of the page', () => {
  it('are found in its sources and in what it runs of core, but not in what only the command line runs', () => {
    const found = codes.map(({ code }) => code);
    expect(found).toEqual(expect.arrayContaining(['image-missing', 'gpu-timeout', 'trace-unreadable', 'camera-…']));
    expect(found).not.toContain('bad-golden');
  });

  it('have Chinese words, cause and remedy', () => {
    const isSaid = (code: string) => {
      const known = Object.keys(chinese).filter((key) => patternOf(code).test(key));
      return known.length > 0 && known.every((key) => chinese[key]!.reason && chinese[key]!.remedy);
    };
    expect(codes.filter(({ code }) => !isSaid(code)).map(({ code, file }) => `${code}: ${file}`)).toEqual([]);
  });

  it('are all the problems that there are words for', () => {
    const unused = Object.keys(chinese).filter((key) => !codes.some(({ code }) => patternOf(code).test(key)));
    expect(unused).toEqual([]);
  });
});

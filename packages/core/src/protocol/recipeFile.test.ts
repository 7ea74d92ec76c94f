import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import { rateOf } from '../validation/binomial.ts';
import { testRecipe } from './testRecipe.ts';
import type { Calibration, Recipe } from './recipe.ts';
import { packRecipe, readRecipeFile } from './recipeFile.ts';

const image = (text: string, name: string) => {
  const bytes = strToU8(text);
  return { name, bytes, sha256: sha256Hex(bytes) };
};
const [first, second] = [image('one', 'first.png'), image('two', 'second.png')];
const recipe: Recipe = { ...testRecipe, exemplarSha256: [second.sha256, first.sha256] };
const json = (change: object = {}) => strToU8(JSON.stringify({ ...recipe, ...change }));
const entries = {
  'recipe.json': json(),
  [`exemplars/${first.sha256}/first.png`]: first.bytes,
  [`exemplars/${second.sha256}/second.png`]: second.bytes,
};

function calibrated(calibration: Calibration) {
  const { mode, tools, types, specification, areas, pixelCap, triage } = recipe;
  const [modelSha256, rate] = ['a'.repeat(64), rateOf(0, 30)];
  const made = { mode, tools, types, specification, areas, pixelCap, triage, modelSha256, towerSha256: null };
  return {
    ...{ date: '2026-01-01T00:00:00.000Z', n: 60, good: 30, bad: 30, status: 'validated', reasons: [], stale: false },
    ...{ with: { ...made, exemplarSha256: [] }, modelSha256, escape: rate, overkill: rate, review: rate },
    ...{ auroc: null, libraryMatchAuroc: null, calibration, costRatio: 10 },
  };
}

function refusal(bytes: Uint8Array): UserError {
  try {
    readRecipeFile(bytes, 'caps.agentiad-recipe');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).subject).toBe('caps.agentiad-recipe');
    return error as UserError;
  }
  throw new Error('it was read');
}

describe('a recipe as a file', () => {
  it('comes back as it was, with its exemplars in its order', () => {
    const bytes = packRecipe(recipe, [first, second]);
    const { recipe: read, exemplars } = readRecipeFile(bytes, 'caps');
    expect(read).toEqual(recipe);
    expect(exemplars.map(({ name, sha256 }) => [name, sha256])).toEqual([
      ['second.png', second.sha256],
      ['first.png', first.sha256],
    ]);
    expect(new TextDecoder().decode(exemplars[0]!.bytes)).toBe('two');
    expect(packRecipe(recipe, [second, first])).toEqual(bytes);
  });

  it('keeps names that are no file names from leading anywhere', () => {
    const named = [
      { ...first, name: '../../etc/pass:wd' },
      { ...second, name: '..' },
    ];
    const { exemplars } = readRecipeFile(packRecipe(recipe, named), 'caps');
    expect(exemplars.map(({ name }) => name)).toEqual(['_', 'pass_wd']);
  });

  it('is not written without an exemplar that it lists', () => {
    expect(() => packRecipe(recipe, [first])).toThrow('1 of its 2 known-good parts are missing');
  });

  it('is read as bare JSON too, also from before there were areas, tools and triage', () => {
    const old = {
      schema: 'agentiad-recipe/1',
      id: 'r1',
      version: 3,
      category: 'disc',
      types: ['chip'],
      specification: '',
      mode: 'pz',
      t1: 0.2,
      t2: 0.9,
      modelSha256: null,
      exemplarSha256: [],
      validation: { date: '2026-01-01', n: 20 },
    };
    expect(readRecipeFile(strToU8(JSON.stringify(old)), 'old').recipe).toEqual({
      ...old,
      name: 'disc',
      saved: '1970-01-01T00:00:00.000Z',
      areas: { roi: [], ignore: [] },
      pixelCap: null,
      tools: ['crop_image_normalized'],
      triage: null,
      modelId: null,
      namePattern: null,
      validation: null,
    });
  });

  it('does not mind what an operating system adds', () => {
    const bytes = zipSync({ ...entries, '__MACOSX/._recipe.json': strToU8('x'), 'exemplars/': new Uint8Array() });
    expect(readRecipeFile(bytes, 'caps').exemplars).toHaveLength(2);
  });
});

describe('a recipe file that cannot be used is refused by name', () => {
  it.each([
    ['of a newer version', 'recipe-newer', json({ schema: 'agentiad-recipe/2', anything: 1 }), 'agentiad-recipe/2'],
    ['of another kind', 'recipe-unreadable', json({ schema: 'agentiad-library/1' }), 'it is not a recipe: /schema'],
    ['that is no JSON', 'recipe-unreadable', strToU8('{"schema":'), 'not valid JSON'],
    ['that is an image', 'recipe-unreadable', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'not valid JSON'],
    ['with a pattern of no field', 'recipe-unreadable', json({ namePattern: 'x' }), 'pattern "x": it names no field'],
    ['with t1 above t2', 'recipe-unreadable', json({ t1: 0.9, t2: 0.1 }), 't1 (0.9) is above t2 (0.1)'],
    ['with a tool of another mode', 'recipe-unreadable', json({ mode: 'pz' }), 'the mode pz has no tool difference'],
    [
      'with a fast path and no Library match',
      'recipe-unreadable',
      json({ tools: [], triage: { low: 1, high: 2 } }),
      'needs the tool difference',
    ],
    [
      'with a falling calibration',
      'recipe-unreadable',
      json({ validation: calibrated({ kind: 'platt', slope: -3, intercept: 0, ece: 0 }) }),
      'calibration',
    ],
    [
      'with a calibration of lists that do not fit',
      'recipe-unreadable',
      json({ validation: calibrated({ kind: 'isotonic', scores: [0.1, 0.9], values: [0.5], ece: 0 }) }),
      'calibration',
    ],
    [
      'with a calibration out of order',
      'recipe-unreadable',
      json({ validation: calibrated({ kind: 'isotonic', scores: [0.9, 0.1], values: [0.1, 0.5], ece: 0 }) }),
      'calibration',
    ],
    ['with a fast path upside down', 'recipe-unreadable', json({ triage: { low: 2, high: 1 } }), 'above its high'],
    [
      'with a polygon of two corners',
      'recipe-unreadable',
      json({
        areas: {
          roi: [
            [
              [0, 0],
              [1, 1],
            ],
          ],
          ignore: [],
        },
      }),
      '/areas/roi/0',
    ],
  ])('one %s', (_what, code, bytes, reason) => {
    const error = refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(reason);
  });

  it.each([
    ['a foreign zip', 'recipe-unreadable', zipSync({ 'word/document.xml': strToU8('<x/>') }), 'without recipe.json'],
    ['a zip cut short', 'recipe-unreadable', packRecipe(recipe, [first, second]).slice(0, 200), 'damaged zip'],
    [
      'one with an exemplar missing',
      'exemplar-missing',
      zipSync({ 'recipe.json': json(), [`exemplars/${first.sha256}/a.png`]: first.bytes }),
      '1 of its 2',
    ],
    [
      'one with another image in an exemplar’s place',
      'recipe-damaged',
      zipSync({ ...entries, [`exemplars/${first.sha256}/first.png`]: second.bytes }),
      'the image "first.png" is not what was saved',
    ],
    ['a path upwards', 'recipe-hostile', zipSync({ ...entries, '../evil.sh': strToU8('x') }), '"../evil.sh"'],
    [
      'a path upwards with backslashes',
      'recipe-hostile',
      zipSync({ ...entries, 'a\\..\\b': strToU8('x') }),
      'leads out',
    ],
    ['an absolute path', 'recipe-hostile', zipSync({ ...entries, '/etc/passwd': strToU8('x') }), '"/etc/passwd"'],
    [
      'a bomb',
      'recipe-too-large',
      zipSync({ ...entries, [`exemplars/${'0'.repeat(64)}/zeros`]: new Uint8Array(2 ** 27) }, { level: 9 }),
      'would unpack to more than',
    ],
  ])('%s', (_what, code, bytes, reason) => {
    const error = refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(reason);
  });

  it('an entry twice', () => {
    const bytes = zipSync({ 'recipe.json': json(), 'recipe.jsoN': json() }, { level: 0 });
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte))
      .join('')
      .replaceAll('recipe.jsoN', 'recipe.json');
    expect(refusal(Uint8Array.from(text, (c) => c.charCodeAt(0))).code).toBe('recipe-hostile');
  });

  it('entries that declare less than they hold are not inflated beyond that', () => {
    const bytes = zipSync({ 'recipe.json': json(), [`exemplars/${'0'.repeat(64)}/zeros`]: new Uint8Array(2 ** 22) });
    // Its size in the directory at the end of the file: 4 MiB becomes 16 bytes.
    const at = bytes.lastIndexOf(0x40, bytes.length - 22);
    expect([...bytes.slice(at - 2, at + 2)]).toEqual([0, 0, 0x40, 0]);
    bytes.set([16, 0, 0, 0], at - 2);
    expect(Object.values(unzipSync(bytes)).map(({ length }) => length)).toContain(16);
    expect(refusal(bytes).code).toBe('recipe-damaged');
  });

  it('many entries over the same bytes', () => {
    const big = new Uint8Array(2 ** 20);
    const bytes = zipSync({ 'recipe.json': json(), [`exemplars/${'0'.repeat(64)}/a`]: [big, { level: 0 }] });
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const end = text.lastIndexOf('PK\x05\x06');
    const start = text.lastIndexOf('PK\x01\x02', end);
    const entry = text.slice(start, end);
    const copies = Array.from({ length: 300 }, (_, i) =>
      `${entry.slice(0, 24)}\0\0\0\0${entry.slice(28)}`
        .replace(/\/a$/, `/${String.fromCharCode(97 + (i % 26))}`)
        .replace('0'.repeat(64), i.toString(16).padStart(64, '0')),
    );
    const count = String.fromCharCode(301 & 255, 301 >> 8);
    const tail = text.slice(end);
    const made = text.slice(0, start) + copies.join('') + tail.slice(0, 8) + count + count + tail.slice(12);
    expect(refusal(Uint8Array.from(made, (c) => c.charCodeAt(0))).code).toBe('recipe-too-large');
  });
});

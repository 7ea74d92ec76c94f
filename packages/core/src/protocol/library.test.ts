import { base64 } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../support/hash.ts';
import { parseLibrary, type LibraryFile } from './library.ts';

const image = (...bytes: number[]) => {
  const data = new Uint8Array(bytes);
  return { sha256: sha256Hex(data), mime: 'image/png', base64: base64.encode(data) };
};
const file: LibraryFile = {
  schema: 'agentiad-library/1',
  category: 'bolt',
  types: ['bent'],
  exemplars: [
    { name: 'a.png', ...image(1, 2, 3) },
    { name: 'b.png', ...image(4, 5) },
  ],
};
const parse = (value: unknown) => parseLibrary(JSON.stringify(value), 'bolt.library.json', base64.decode);

describe('parseLibrary', () => {
  it('gives category, types and the image files back, duplicates once', () => {
    const { category, types, exemplars } = parse({
      ...file,
      exemplars: [...file.exemplars, { name: 'copy.png', ...image(4, 5) }],
    });
    expect({ category, types }).toEqual({ category: 'bolt', types: ['bent'] });
    expect(exemplars.map(({ name, bytes }) => [name, [...bytes]])).toEqual([
      ['a.png', [1, 2, 3]],
      ['b.png', [4, 5]],
    ]);
  });

  it('refuses what is no library file and says what is wrong', () => {
    expect(() => parseLibrary('{ half', 'x.json', base64.decode)).toThrow(/^x\.json: it is not valid JSON/);
    expect(() => parse({ ...file, schema: 'agentiad-recipe/1' })).toThrow(/not a library file: \/schema/);
    expect(() => parse({ ...file, exemplars: [{ name: 'a.png' }] })).toThrow(/\/exemplars\/0/);
  });

  it('refuses an image that was changed or is no base64, and names it', () => {
    const changed = { ...file.exemplars[0]!, base64: base64.encode(new Uint8Array([1, 2, 4])) };
    const broken = { ...file.exemplars[1]!, base64: '***' };
    expect(() => parse({ ...file, exemplars: [changed] })).toThrow(/"a\.png" is not what was saved.*SHA-256/);
    expect(() => parse({ ...file, exemplars: [broken] })).toThrow(/"b\.png" is not what was saved/);
  });
});

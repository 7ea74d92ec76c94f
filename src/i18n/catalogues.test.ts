/** The catalogues say everything in every language, and nothing that nobody asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askedWords } from '../testing/askedWords.ts';

type Words = { readonly [key: string]: string | Words };

const folder = (language: string) => path.join(import.meta.dirname, language);
const namespaces = readdirSync(folder('en')).map((file) => file.replace(/\.json$/, ''));

function flat(language: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (words: Words, prefix: string) => {
    for (const [key, value] of Object.entries(words)) {
      if (typeof value === 'string') found.set(prefix + key, value);
      else walk(value, `${prefix}${key}.`);
    }
  };
  for (const namespace of namespaces)
    walk(JSON.parse(readFileSync(path.join(folder(language), `${namespace}.json`), 'utf8')) as Words, `${namespace}:`);
  return found;
}

/** Said in English by what they are of; other languages have them by code, id or name. */
const isNamed = (key: string) => /^(problems|samples|defects|sentences):/.test(key);

const english = flat('en');
const chinese = flat('zh');
const single = (key: string) => key.replace(/_(one|other|zero)$/, '');
const placeholders = (text: string) => [...new Set(text.match(/\{\{\w+\}\}|<\/?\w+>/g))].sort();

describe('the catalogues', () => {
  it('have the same files', () => {
    expect(readdirSync(folder('zh'))).toEqual(readdirSync(folder('en')));
  });

  it('say in Chinese what they say in English', () => {
    const missing = [...english.keys()].filter((key) => !chinese.has(key) && !chinese.has(`${single(key)}_other`));
    expect(missing).toEqual([]);
  });

  it('have nothing in Chinese that English does not know, but what is named elsewhere', () => {
    const foreign = [...chinese.keys()].filter((key) => !isNamed(key) && !english.has(key));
    expect(foreign).toEqual([]);
  });

  it('are translated, with the same placeholders', () => {
    for (const [key, text] of chinese)
      if (!isNamed(key)) expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ''));
    const names = ['app:name', 'app:device.webgpu', 'app:device.wasm', 'app:device.cpu'];
    const isChinese = (text: string) =>
      /\p{Script=Han}/u.test(text) || !/[a-z]{4}/i.test(text.replace(/\{\{\w+\}\}/g, ''));
    const untranslated = [...chinese].filter(([key, text]) => !isChinese(text) && !names.includes(key));
    expect(untranslated).toEqual([]);
  });
});

describe('the words asked for', () => {
  const all = askedWords(path.join(import.meta.dirname, '..'), namespaces).filter(({ text }) => !isNamed(text));

  it('are all there', () => {
    const keys = [...english.keys()];
    const missing = all.filter(({ patterns }) => !patterns.some((pattern) => keys.some((key) => pattern.test(key))));
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  it('are all the words there are', () => {
    const unused = [...english.keys()].filter((key) => !all.some(({ patterns }) => patterns.some((p) => p.test(key))));
    expect(unused).toEqual([]);
  });
});

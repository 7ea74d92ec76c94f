/**
 * A language for tests (`?pseudo` in the address): English with accents and 40 % longer, so that clipped or overlapping
 * texts and texts outside the catalogues are seen.
 */
import type { PostProcessorModule } from 'i18next';

const ACCENTED: Readonly<Record<string, string>> = {
  a: 'á',
  c: 'ç',
  e: 'é',
  i: 'í',
  n: 'ñ',
  o: 'ö',
  s: 'š',
  u: 'ü',
  y: 'ý',
  z: 'ž',
  A: 'Å',
  C: 'Ç',
  E: 'É',
  I: 'Ï',
  N: 'Ñ',
  O: 'Ø',
  S: 'Š',
  U: 'Û',
  Y: 'Ý',
  Z: 'Ž',
};
const FILLER = 'lorem ipsum dolor sit amet consectetur ';

/** Tags stay as they are. */
export function pseudo(text: string): string {
  const longer = FILLER.repeat(Math.ceil((text.length * 0.4) / FILLER.length)).slice(0, Math.ceil(text.length * 0.4));
  const accented = text.replace(/<[^>]*>|[a-zA-Z]/g, (part) => ACCENTED[part] ?? part);
  return `${accented} ${longer.trimEnd()}`;
}

export const pseudoLanguage: PostProcessorModule = {
  type: 'postProcessor',
  name: 'pseudo',
  process: (value) => pseudo(value),
};

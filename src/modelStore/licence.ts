/** Licence and commercial use of a stock checkpoint, as far as its own model card (README.md) tells. */

export interface Licence {
  readonly licence: string;
  readonly commercialUse: 'yes' | 'no' | 'ask';
}

const free = /^(apache-2\.0|mit|bsd(-\d-clause)?|cc0-1\.0|cc-by-4\.0|isc|unlicense)$/;
const restricted = /research|non-?commercial|cc-by-nc/;

/** `readme` is the whole file or null; its front matter is read, nothing else. */
export function licenceOf(readme: string | null): Licence {
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme ?? '')?.[1] ?? '';
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*["']?([^"'\\r\\n]+?)["']?[ \\t]*$`, 'm').exec(front)?.[1]?.trim() ?? null;
  const named = field('license');
  const licence = named === null || named === 'other' ? (field('license_name') ?? named) : named;
  if (licence === null) return { licence: 'not stated; see where it came from', commercialUse: 'ask' };
  const lower = licence.toLowerCase();
  return { licence, commercialUse: restricted.test(lower) ? 'no' : free.test(lower) ? 'yes' : 'ask' };
}

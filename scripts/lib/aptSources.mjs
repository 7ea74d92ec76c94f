/** Reads Debian's and Ubuntu's package sources, both of their file formats, to derive the backports suite from them. */

/** @typedef {{ uri: string, suites: string[], options: Record<string, string> }} AptSource `options`: fields to repeat */

/**
 * @param {string} text a `.sources` file (deb822)
 * @returns {AptSource[]}
 */
export function parseSourcesFile(text) {
  return text
    .split(/\n\s*\n/)
    .map(parseStanza)
    .filter((fields) => words(fields.Types).includes('deb') && fields.Enabled !== 'no')
    .flatMap((fields) =>
      words(fields.URIs).map((uri) => ({ uri, suites: words(fields.Suites), options: pickOptions(fields) })),
    );
}

/**
 * @param {string} text a `sources.list` file (one line each)
 * @returns {AptSource[]}
 */
export function parseListFile(text) {
  const names = { 'signed-by': 'Signed-By', trusted: 'Trusted', arch: 'Architectures' };
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (!match) return [];
    const [, bracket = '', uri = '', suite = ''] = match;
    const options = bracket
      .trim()
      .split(/\s+/)
      .map((option) => option.split('='))
      .filter(([name = '']) => name in names)
      .map(([name = '', value = '']) => [names[name], value.replaceAll(',', ' ')]);
    return [{ uri, suites: [suite], options: Object.fromEntries(options) }];
  });
}

/**
 * The stanza that adds `<codename>-backports` from the mirror that serves `codename`; null when it is there already
 * (`isPresent`) or no such mirror is known.
 * @param {readonly AptSource[]} sources
 * @param {string} codename
 * @returns {{ isPresent: boolean, stanza: string | null }}
 */
export function deriveBackports(sources, codename) {
  const suite = `${codename}-backports`;
  if (sources.some((source) => source.suites.includes(suite))) return { isPresent: true, stanza: null };
  const main = sources.find((source) => source.suites.includes(codename));
  if (!main) return { isPresent: false, stanza: null };
  const options = Object.entries(main.options).map(([name, value]) => `${name}: ${value}\n`);
  const stanza = `Types: deb\nURIs: ${main.uri}\nSuites: ${suite}\nComponents: main\n${options.join('')}`;
  return { isPresent: false, stanza };
}

function parseStanza(text) {
  /** @type {Record<string, string>} */
  const fields = {};
  let last = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line.trim() === '') continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match) fields[(last = match[1] ?? '')] = (match[2] ?? '').trim();
    else if (last) fields[last] = `${fields[last]}\n${line}`.trimStart();
  }
  return fields;
}

/** @param {string | undefined} text */
function words(text) {
  return text?.split(/\s+/) ?? [];
}

function pickOptions(fields) {
  const kept = ['Signed-By', 'Trusted', 'Architectures'].filter((name) => name in fields);
  return Object.fromEntries(kept.map((name) => [name, fields[name]]));
}

import { describe, expect, it } from 'vitest';
import { deriveBackports, parseListFile, parseSourcesFile } from './aptSources.mjs';

const deb822 = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://other.example/debian
Suites: bookworm
Components: main
`;

describe('package sources', () => {
  it('adds the backports of the release from the mirror that serves the release, with its key', () => {
    expect(deriveBackports(parseSourcesFile(deb822), 'bookworm')).toEqual({
      isPresent: false,
      stanza:
        'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\nComponents: main\n' +
        'Signed-By: /usr/share/keyrings/debian.gpg\n',
    });
  });

  it('reads the one-line format', () => {
    const text =
      '# deb http://no.example x main\ndeb [arch=amd64,arm64 signed-by=/k.gpg] http://m.example/debian trixie main\n';
    expect(parseListFile(text)).toEqual([
      {
        uri: 'http://m.example/debian',
        suites: ['trixie'],
        options: { Architectures: 'amd64 arm64', 'Signed-By': '/k.gpg' },
      },
    ]);
  });

  it('adds nothing when backports are there already', () => {
    const sources = parseListFile('deb http://m.example/debian bookworm-backports main\n');
    expect(deriveBackports(sources, 'bookworm')).toEqual({ isPresent: true, stanza: null });
  });

  it('invents no mirror when none serves the release', () => {
    expect(deriveBackports(parseListFile('deb http://m.example/tools stable main\n'), 'bookworm')).toEqual({
      isPresent: false,
      stanza: null,
    });
  });
});

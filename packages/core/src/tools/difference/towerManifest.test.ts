import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTowerManifest, sealTowerManifest } from './towerManifest.ts';

const shipped = readFileSync(
  path.resolve(import.meta.dirname, '../../../../../public/models/tower/tower.json'),
  'utf8',
);
const damaged = (reason: RegExp) =>
  expect.objectContaining({ code: 'tower-damaged', reason: expect.stringMatching(reason) as string }) as Error;
const refused = (text: string, reason: RegExp) => expect(() => parseTowerManifest(text)).toThrow(damaged(reason));

describe('tower.json', () => {
  it('as shipped is taken', () => {
    expect(parseTowerManifest(shipped)).toMatchObject({ id: 'efficientnet-lite0', gridStride: 8 });
  });

  it.each([
    ['{"formatVersion":1}', /checksum/],
    ['{"formatVersion":1,"checksum":""}', /checksum/],
    ['null', /format version/],
    ['[]', /format version/],
    ['{', /not JSON/],
  ])('%s is refused by name', (text, reason) => refused(text, reason));

  it('with any flipped byte is refused', () => {
    for (let at = 0; at < shipped.length; at += 101) {
      const flipped = String.fromCharCode(shipped.charCodeAt(at) ^ 1);
      refused(shipped.slice(0, at) + flipped + shipped.slice(at + 1), /./);
    }
  });

  it.each([
    ['"std": 128', '"std": 0', /normalisation\/std/],
    ['"taps"', '"tips"', /taps/],
    ['"relu6": true', '"relu6": 1', /relu6/],
    ['"inputs": 32', '"inputs": 31', /31 input channels, there are 32/],
    ['"block2.project",', '"block2.nothing",', /block2\.nothing/],
    ['"bytes": 1401536', '"bytes": 1401530', /outside the weight file/],
  ])('whose author wrote %s as %s is refused', (was, is, reason) => {
    expect(shipped).toContain(was);
    refused(sealTowerManifest(shipped.replace(was, is)), reason);
  });
});

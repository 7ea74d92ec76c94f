import { describe, expect, it } from 'vitest';
import type { ReplayData } from './replayFile.ts';
import { fillReplay, REPLAY_DATA_MARK } from './replayFile.ts';

const page = `<script type="application/json">${REPLAY_DATA_MARK}</script><script>run(${REPLAY_DATA_MARK})</script>`;
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]><img src=x onerror=alert(1)>',
  '$& $1 $` \u2028 "\\',
];

describe('fillReplay', () => {
  it.each(HOSTILE)('keeps what the trace says as data: %s', (text) => {
    const data = { trace: { steps: [{ rawText: text }] }, pictures: {}, language: 'en' } as unknown as ReplayData;
    const filled = fillReplay(page, data);
    expect(filled.match(/<[^>]*>/g)).toEqual(page.match(/<[^>]*>/g));
    const json = filled.slice(filled.indexOf('>') + 1, filled.indexOf('</script>'));
    expect(JSON.parse(json)).toEqual(data);
  });

  it('refuses a page without a place for data', () => {
    const data = { trace: {}, pictures: {}, language: 'en' } as unknown as ReplayData;
    expect(() => fillReplay('<p></p>', data)).toThrow('no place for its data');
  });
});

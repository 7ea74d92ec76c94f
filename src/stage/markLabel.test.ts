import { describe, expect, it } from 'vitest';
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import { markLabel } from './markLabel.ts';

const words = { refused: 'refused', clamped: 'clamped', originUnknown: 'origin unknown', corrected: 'corrected' };
const mark = (more: Partial<SceneMark>): SceneMark => ({
  id: '1-1',
  kind: 'zoom',
  box: [0, 0, 10, 10],
  number: null,
  note: '',
  clamped: false,
  asked: null,
  isOriginUnknown: false,
  failed: false,
  drawn: 1,
  opacity: 1,
  ...more,
});

describe('a mark says', () => {
  it('number and name for a defect, so that colour is not the only cue', () => {
    expect(markLabel(mark({ kind: 'defect', number: 2, note: 'scratch' }), words, false)).toBe('2 · scratch');
  });

  it('only its number for a place, and more when it is pointed at', () => {
    const place = mark({ kind: 'place', number: 1, note: 'place 1: 106' });
    expect(markLabel(place, words, false)).toBe('1');
    expect(markLabel(place, words, true)).toBe('1 · place 1: 106');
  });

  it('that a box was clamped, and why a call was refused, in one line that fits', () => {
    expect(markLabel(mark({ clamped: true, note: 'zoomed in here' }), words, false)).toBe('clamped');
    const cause = 'bbox_2d must have x1 < x2 and y1 < y2,\ngot [0.8, 0.3, 0.8, 0.6], which is no box at all.';
    const label = markLabel(mark({ failed: true, note: cause }), words, false);
    expect(label).toMatch(/^refused · bbox_2d must have x1 < x2/);
    expect(label).toHaveLength(64);
    expect(label).not.toContain('\n');
  });

  it('that nobody knows how a place came about', () => {
    const lost = mark({ kind: 'defect', number: 1, note: 'scratch', isOriginUnknown: true });
    expect(markLabel(lost, words, false)).toBe('1 · origin unknown · scratch');
  });

  it('nothing for what was looked at before', () => {
    expect(markLabel(mark({ kind: 'trail', note: 'zoomed in here' }), words, false)).toBe('');
  });
});

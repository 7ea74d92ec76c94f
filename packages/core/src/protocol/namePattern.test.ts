import { describe, expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import { readNamePattern } from './namePattern.ts';

const told = (pattern: string, name: string) => readNamePattern(pattern)(name);

describe('readNamePattern', () => {
  it('reads fields out of a file name, without its folder and extension', () => {
    expect(told('{part}_{lot}_{station}_{operator}', 'day 1/A-17_L42_S3_kim.png')).toEqual({
      part: 'A-17',
      lot: 'L42',
      station: 'S3',
      operator: 'kim',
    });
    expect(told('IMG({part}).*-{lot}', 'IMG(7).front-9.tiff')).toMatchObject({ part: '7', lot: '9', station: null });
    expect(told('{lot}-{part}', 'L1-P2.v2.png')).toMatchObject({ lot: 'L1', part: 'P2.v2' });
    expect(told('{part} 号', '17 号.jpg').part).toBe('17');
  });

  it('tells nothing of a name that does not fit', () => {
    expect(told('{part}_{lot}', 'photo.png')).toEqual({ part: null, lot: null, station: null, operator: null });
    expect(told('{part}_{lot}', '_L1.png').part).toBeNull();
    expect(told('{part}_{lot}', 'A_.png')).toMatchObject({ part: null, lot: null });
    expect(told('a{part}ab', 'aab.png').part).toBeNull();
  });

  it('takes the shortest parts that fit, the last one up to the end', () => {
    expect(told('{part}-x', 'a-x-x.png').part).toBe('a-x');
    expect(told('{part}-*-{lot}', 'a--b-c.png')).toMatchObject({ part: 'a', lot: 'b-c' });
    expect(told('*x{part}', 'xx.png').part).toBe('x');
    expect(told('{part}aa', 'aaa.png').part).toBe('a');
  });

  it('is done at once with a pattern that could be tried in countless ways', () => {
    expect(told(`${'*x'.repeat(40)}{part}!`, `${'x'.repeat(200)}.png`).part).toBeNull();
  });

  it.each([
    ['{serial}_{lot}', 'there is no field {serial}'],
    ['image', 'it names no field'],
    ['{part}_{part}', '{part} stands in it twice'],
    ['{part}{lot}', 'nothing tells two fields apart'],
    ['{part}*', 'nothing tells two fields apart'],
    ['{part}_{lot', 'a brace is not closed'],
  ])('refuses %s and says why', (pattern, reason) => {
    const read = () => readNamePattern(pattern);
    expect(read).toThrow(UserError);
    expect(read).toThrow(reason);
    expect(read).toThrow('Write for example {part}_{lot}');
  });
});

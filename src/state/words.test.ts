import { expect, it } from 'vitest';
import { durationWords } from './words.ts';

it('a duration is said as people say it, a short one without being rounded to twice itself', () => {
  expect([0.02, 0.64, 1.5, 7.6, 75, 140, 2000, 9000].map(durationWords)).toEqual([
    '0.1 sec',
    '0.6 sec',
    '1.5 sec',
    '8 sec',
    '75 sec',
    '2.3 min',
    '33 min',
    '2.5 hr',
  ]);
});

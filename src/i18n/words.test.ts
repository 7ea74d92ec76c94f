import { expect, it } from 'vitest';
import { formatPartOf } from './words.ts';

it('a share of something done is 0 or 100 % only where it is nothing or all', () => {
  expect([0, 0.0004, 0.042, 0.124, 0.996, 0.9996].map(formatPartOf)).toEqual([
    '0%',
    '< 0.1%',
    '4.2%',
    '12%',
    '99%',
    '100%',
  ]);
});

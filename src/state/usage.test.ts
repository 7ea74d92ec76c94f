import { expect, it } from 'vitest';
import { runRecord } from '../testing/records.ts';
import { usageOf } from './usage.ts';

it('counts each inspection once and knows the last', () => {
  const history = [
    runRecord({ id: 'new', created: '2026-03-02T00:00:00.000Z', exemplarSha256: ['a', 'b', 'a'] }),
    runRecord({ id: 'old', created: '2026-03-01T00:00:00.000Z', exemplarSha256: ['a'] }),
  ];
  const usage = usageOf(history);
  expect(usage.get('a')).toEqual({ count: 2, last: '2026-03-02T00:00:00.000Z' });
  expect(usage.get('b')).toEqual({ count: 1, last: '2026-03-02T00:00:00.000Z' });
  expect(usage.has('c')).toBe(false);
});

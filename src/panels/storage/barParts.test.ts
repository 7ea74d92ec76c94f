import { expect, it } from 'vitest';
import { barParts, filledShare } from './barParts.ts';

const bytes = { images: 1e9, traces: 5e8, features: null, models: undefined };

it('the bar is as full as the storage: 0.2 % of the room is 0.2 % of its length', () => {
  const parts = barParts({ ...bytes, images: 150e6, traces: 50e6 }, { quotaBytes: 100e9 })!;
  expect(filledShare(parts)).toBeCloseTo(0.002);
  expect(parts.images / parts.traces).toBeCloseTo(3);
});

it('the bar is never longer than itself, and not drawn where nobody told how much room there is', () => {
  expect(barParts(bytes, { quotaBytes: 1e9 })).toMatchObject({ images: 2 / 3, traces: 1 / 3, features: 0 });
  expect(barParts(bytes, { quotaBytes: null })).toBeNull();
  expect(barParts(bytes, null)).toBeNull();
});

import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import { describe, expect, it } from 'vitest';
import { exemplarRecord, recipeRecord, runRecord } from '../testing/records.ts';
import { expectedSecondsFor, expectedSecondsOf, expectedSecondsOfQueue, type TimedRun } from './expectedTime.ts';
import { createStudioStore, type StudioState } from './studioState.ts';

const speed: StepSpeed = {
  textMs: 1,
  imageMs: 2,
  generatedMs: 5,
  viewMs: 100,
  image: { pixelsPerToken: 784, minPixels: 784, maxPixels: 784 * 16 },
};
const info = { card: { id: 'nano', sha256: 'nano' } } as never;

function known(change: Partial<StudioState> = {}): StudioState {
  return { ...createStudioStore().getState(), engine: { state: 'ready', info, speed }, ...change };
}

const timed = (change: Partial<TimedRun> = {}): TimedRun => ({
  modelSha256: 'nano',
  category: 'cap',
  recipe: null,
  mode: 'full',
  pixels: 1024 * 1024,
  newExemplars: 0,
  seconds: 3,
  textTokens: 240,
  images: 4,
  imageTokens: 64,
  generatedTokens: 80,
  toolMs: 600,
  ...change,
});
const cap = exemplarRecord({ id: 'a', category: 'cap', name: 'a.png', sha256: 'a' });
const seen = runRecord({ id: 'r', category: 'cap', created: '2026-02-01T00:00:00.000Z', libraryScore: 0.5 });

describe('what an inspection will take', () => {
  it('is not told before the speed was measured', () => {
    expect(expectedSecondsFor(known({ engine: { state: 'ready', info, speed: null } }), null, null)).toBeNull();
  });

  it('follows from the mode, from good parts whose features are not there, and from the pixel cap', () => {
    const part = { width: 2000, height: 2000 };
    const alone = expectedSecondsFor(known(), null, part)!;
    // Without good parts: its handling, 123 tokens of text, two images of 16, 28 generated, one look of the tools.
    expect(alone).toBeCloseTo(0.3 + 0.123 + 0.064 + 0.14 + 0.1, 6);
    const first = expectedSecondsFor(known({ exemplars: [cap] }), 'cap', part)!;
    const second = expectedSecondsFor(known({ exemplars: [cap], history: [seen] }), 'cap', part)!;
    expect(first - second).toBeCloseTo(0.8, 6);
    expect(second).toBeGreaterThan(alone);
    const recipe = recipeRecord({ id: 'c', category: 'cap', pixelCap: 784 * 4 });
    const categories = [{ name: 'cap', types: [], created: '', recipeId: 'c' }];
    const capped = known({ exemplars: [cap], history: [seen], recipes: [recipe], categories });
    expect(expectedSecondsFor(capped, 'cap', part)!).toBeLessThan(second);
  });

  it('learns what the machine does besides after one, and takes the middle of its own kind after two', () => {
    const state = known({ exemplars: [cap], history: [seen] });
    const part = { width: 1024, height: 1024 };
    const planned = expectedSecondsFor(state, 'cap', part)!;
    // Twice as long apart from its tools, of which it is known better what they take.
    const tools = 0.6;
    const own = timed({ toolMs: 1000 * tools });
    const slow = { ...own, seconds: 2 * (0.3 + 0.24 + 0.128 + 0.4) + tools };
    const once = expectedSecondsFor({ ...state, timed: [slow] }, 'cap', part)!;
    expect(once).toBeCloseTo(slow.seconds, 6);
    // Also after a first one whose good parts had to be prepared: that is not taken for the way of the tools.
    const prepared = { ...slow, newExemplars: 5, toolMs: 5000, seconds: slow.seconds + 4.4 };
    const after = expectedSecondsFor({ ...state, timed: [prepared] }, 'cap', part)!;
    expect(after).toBeCloseTo(slow.seconds - tools + 1.3, 6);
    expect(planned).toBeLessThan(after);
    const twice = { ...state, timed: [2, 3, 9].map((seconds) => timed({ seconds })) };
    expect(expectedSecondsFor(twice, 'cap', part)).toBe(3);
    // Parts of another size have a middle of their own.
    const small = [30, 32].map((seconds) => timed({ seconds, pixels: 200 * 200 }));
    const both = { ...twice, timed: [...small, ...twice.timed] };
    expect(expectedSecondsFor(both, 'cap', part)).toBe(3);
    expect(expectedSecondsFor(both, 'cap', { width: 200, height: 200 })).toBe(31);
  });

  it('takes from earlier visits what inspections consist of, not how long they took', () => {
    const state = known({ exemplars: [cap], history: [seen] });
    const part = { width: 1024, height: 1024 };
    const usual = expectedSecondsFor(state, 'cap', part)!;
    const long = timed({ generatedTokens: 1000, toolMs: 800, seconds: 90, isEarlier: true });
    const after = expectedSecondsFor({ ...state, timed: [long, long, long] }, 'cap', part)!;
    expect(after).toBeGreaterThan(usual + 4);
    expect(after).toBeLessThan(10);
  });

  it('counts the preparing of good parts once for all that are compared with them', () => {
    const fresh = known({ exemplars: [cap] });
    const [one, ten] = [1, 10].map((count) => expectedSecondsOf(fresh, 'cap', null, count)!);
    const prepared = expectedSecondsOf(known({ exemplars: [cap], history: [seen] }), 'cap', null, 1)!;
    expect(one! - prepared).toBeCloseTo(0.8, 6);
    expect(ten! - one!).toBeCloseTo(9 * prepared, 6);
    expect(expectedSecondsOfQueue(fresh, Array(10).fill({ category: 'cap' }))).toBeCloseTo(ten!, 6);
  });

  it('is summed for all that wait', () => {
    const state = known({ exemplars: [cap], history: [seen], timed: [timed(), timed({ seconds: 5 })] });
    const queue = [{ category: 'cap' }, { category: 'cap' }, { category: null }];
    const alone = expectedSecondsFor(state, null, null)!;
    expect(expectedSecondsOfQueue(state, queue)).toBeCloseTo(4 + 4 + alone, 6);
  });
});

import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import { describe, expect, it } from 'vitest';
import { exemplarRecord, recipeRecord, runRecord } from '../testing/records.ts';
import { expectedSecondsFor, expectedSecondsOfQueue, type TimedRun } from './expectedTime.ts';
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
    // Without good parts: 100 tokens of text, one image of 16, 20 generated.
    expect(alone).toBeCloseTo(0.1 + 0.032 + 0.1, 6);
    const first = expectedSecondsFor(known({ exemplars: [cap] }), 'cap', part)!;
    const second = expectedSecondsFor(known({ exemplars: [cap], history: [seen] }), 'cap', part)!;
    expect(first - second).toBeCloseTo(0.4, 6);
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
    const once = expectedSecondsFor({ ...state, timed: [timed({ seconds: planned * 2 })] }, 'cap', part)!;
    expect(once / planned).toBeGreaterThan(1.8);
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

  it('is summed for all that wait', () => {
    const state = known({ exemplars: [cap], history: [seen], timed: [timed(), timed({ seconds: 5 })] });
    const queue = [{ category: 'cap' }, { category: 'cap' }, { category: null }];
    const alone = expectedSecondsFor(state, null, null)!;
    expect(expectedSecondsOfQueue(state, queue)).toBeCloseTo(4 + 4 + alone, 6);
  });
});

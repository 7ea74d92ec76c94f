import { describe, expect, it } from 'vitest';
import { planCounts, secondsOf, tokensOfImage, typicalOf } from './expectedTime.ts';

const image = { pixelsPerToken: 784, minPixels: 3136, maxPixels: 784 * 100 };
const speed = { textMs: 1, imageMs: 2, generatedMs: 10, viewMs: 100, image };
const typical = { textTokens: 200, images: 3, generatedTokens: 50, views: 2 };

describe('what an inspection will consist of', () => {
  it('gives an image as many tokens as its pixels, between the smallest and the cap', () => {
    expect(tokensOfImage({ width: 280, height: 140 }, image, null)).toBe(50);
    expect(tokensOfImage({ width: 4000, height: 3000 }, image, null)).toBe(100);
    expect(tokensOfImage({ width: 4000, height: 3000 }, image, 784 * 20)).toBe(20);
    expect(tokensOfImage({ width: 10, height: 10 }, image, null)).toBe(4);
  });

  it('adds up text, images, generated tokens and views, and what every inspection takes besides', () => {
    const counts = planCounts({ typical, tokensOfImage: 10, newExemplars: 5, decidedShare: 0 });
    expect(counts).toEqual({ textTokens: 200, imageTokens: 30, generatedTokens: 50, views: 42 });
    expect(secondsOf(counts, speed)).toBeCloseTo(0.3 + 0.2 + 0.06 + 0.5 + 4.2, 9);
  });

  it('asks the agent only in the band that the fast path leaves, and looks once all the same', () => {
    const counts = planCounts({ typical, tokensOfImage: 10, newExemplars: 0, decidedShare: 0.8 });
    expect(counts.generatedTokens).toBeCloseTo(10, 9);
    expect(counts.views).toBe(1);
  });

  it('learns the middle of what runs consisted of, so that one long run does not count', () => {
    const runs = [typical, { ...typical, generatedTokens: 60 }, { ...typical, generatedTokens: 900 }];
    expect(typicalOf(runs)!.generatedTokens).toBe(60);
    expect(typicalOf([])).toBeNull();
  });
});

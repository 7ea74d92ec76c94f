import { describe, expect, it } from 'vitest';
import { NOT_COVERED } from '@agentiad/core/image/registration/difference.ts';
import { DIFFERENCE_SCALE, differenceColour, differenceRampCss } from './compareScale.ts';

describe('difference colours', () => {
  it('leave small differences clear, grow lighter with the difference and end at the last tick', () => {
    expect(differenceColour(0)[3]).toBe(0);
    expect(differenceColour(DIFFERENCE_SCALE.from)[3]).toBe(0);
    const lightness = [25, 50, 75, 100, 120].map((level) => {
      const [red, green, blue] = differenceColour(level);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
    expect(lightness[4]! - lightness[0]!).toBeGreaterThan(100);
    expect(differenceColour(200)).toEqual(differenceColour(DIFFERENCE_SCALE.to));
  });

  it('are grey where there is nothing to compare with, which is not "no difference"', () => {
    const [red, green, blue, alpha] = differenceColour(NOT_COVERED);
    expect(new Set([red, green, blue]).size).toBe(1);
    expect(alpha).toBeGreaterThan(60);
  });

  it('are those of the legend', () => {
    const [red, green, blue] = differenceColour(DIFFERENCE_SCALE.to);
    const hex = [red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('');
    expect(differenceRampCss()).toContain(`#${hex})`);
  });
});

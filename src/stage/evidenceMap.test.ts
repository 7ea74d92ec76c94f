import { describe, expect, it } from 'vitest';
import { mapColour } from './evidenceMap.ts';

describe('mapColour', () => {
  it('leaves a part like the good ones clear', () => {
    expect(mapColour(0.3, 'ratio')[3]).toBe(0);
    expect(mapColour(90, 'percentile')[3]).toBe(0);
  });

  it('uses one fixed scale: the same value has the same colour on every part', () => {
    expect(mapColour(5, 'ratio')).toEqual(mapColour(1.6, 'ratio'));
    const lightness = [0.6, 0.8, 1, 1.2, 1.4, 1.6].map((value) => {
      const [red, green, blue] = mapColour(value, 'ratio');
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
  });
});

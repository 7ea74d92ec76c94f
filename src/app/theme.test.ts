/** Every text colour is readable on every ground it is put on: 4.5 to 1 at least, in both themes (WCAG 1.4.3). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(path.join(import.meta.dirname, 'theme.css'), 'utf8');
const [light, dark] = css.split(":root[data-theme='dark']").map(coloursIn) as [Colours, Colours];
type Colours = Readonly<Record<string, string>>;

function coloursIn(text: string): Colours {
  return Object.fromEntries(
    [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  );
}

/** Relative luminance, 0..1. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [lighter, darker] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([
  ['light', light],
  ['dark', { ...light, ...dark }],
])('in the %s theme', (_name, colours) => {
  const grounds = ['bg', 'surface', 'raised', 'stage', 'accent-soft'];
  it.each(['text', 'muted', 'accent', 'normal', 'review', 'anomalous'])('%s is readable', (text) => {
    const all = [...grounds, ...(`${text}-soft` in colours ? [`${text}-soft`] : [])];
    for (const ground of all) expect(contrast(colours[text]!, colours[ground]!), ground).toBeGreaterThanOrEqual(4.5);
  });

  it('buttons are readable, also when pointed at', () => {
    for (const ground of ['accent', 'accent-hover'])
      expect(contrast(colours['on-accent']!, colours[ground]!)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('keys beside their buttons', () => {
  it('are not shown where fingers are all there is', () => {
    const [, touch] = /@media \(hover: none\) and \(pointer: coarse\) \{([^@]*?\n)\}/.exec(css) ?? [];
    expect(touch).toMatch(/\.keys,\s+\.needs-keyboard \{\s+display: none/);
  });
});

/**
 * Which part of a deep image's sample range becomes black to white when it is reduced to 8 bits. It changes what the
 * model sees, so it is settled once, deterministically, and recorded in the verdict.
 */
/**
 * `depth`: 0 to the largest value of the least of 8, 10, 12, 14 and 16 bits that hold every sample (12-bit cameras write
 * 16-bit files); `full`: everything the file can hold; `percentile`: 0.1 % of the samples are below, 0.1 % above;
 * `chosen`: by a person.
 */
export const WINDOW_RULES = ['depth', 'full', 'percentile', 'chosen'] as const;
export type WindowRule = (typeof WINDOW_RULES)[number];

/** Samples up to `low` become 0, from `high` on 255, linearly between. */
export interface WindowLevel {
  readonly low: number;
  readonly high: number;
  readonly rule: WindowRule;
}

/** A rule to find the window by, or the window itself. */
export type WindowChoice = { readonly rule: Exclude<WindowRule, 'chosen'> } | WindowLevel;

export const DEFAULT_WINDOW: WindowChoice = { rule: 'depth' };

/** How good parts are reduced that a part reduced by `part` is compared with: a window that was set holds for both. */
export function windowOfGoodParts(part: WindowLevel | null): WindowChoice {
  return part && part.rule !== 'depth' ? part : DEFAULT_WINDOW;
}

const COMMON_DEPTHS = [8, 10, 12, 14] as const;
/** Share of the samples left out at each end. */
const TAIL = 0.001;

/** `histogram[value]` counts the colour samples; its length is one more than the largest value the file can hold. */
export function settleWindow(choice: WindowChoice, histogram: Uint32Array): WindowLevel {
  if ('low' in choice) return choice;
  const { rule } = choice;
  const maximum = histogram.length - 1;
  if (rule === 'full') return { low: 0, high: maximum, rule };
  if (rule === 'depth') {
    const largest = histogram.findLastIndex((count) => count > 0);
    const tops = COMMON_DEPTHS.map((bits) => 2 ** bits - 1);
    return { low: 0, high: Math.min(tops.find((top) => largest <= top) ?? maximum, maximum), rule };
  }
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const low = valueAt(histogram, total * TAIL);
  const high = valueAt(histogram, total * (1 - TAIL));
  // A picture of one value: it becomes black.
  return high > low ? { low, high, rule } : { low, high: low + 1, rule };
}

/** The 8-bit value of every sample value. */
export function windowTable({ low, high }: Pick<WindowLevel, 'low' | 'high'>, maximum: number): Uint8Array {
  return Uint8Array.from({ length: maximum + 1 }, (_, value) =>
    Math.round(Math.min(Math.max((value - low) / (high - low), 0), 1) * 255),
  );
}

/** The smallest value with at least `count` samples at or below it. */
function valueAt(histogram: Uint32Array, count: number): number {
  let seen = 0;
  return histogram.findIndex((here) => (seen += here) >= count && seen > 0);
}

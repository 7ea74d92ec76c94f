/** Figures as they are printed: shares with three digits, intervals, a dash for what does not exist. */
import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

export function share(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3);
}

export function percent(value: number | null): string {
  return value === null || Number.isNaN(value) ? '–' : `${(value * 100).toFixed(1)} %`;
}

export function interval([low, high]: Interval): string {
  return `${share(low)} – ${share(high)}`;
}

export function signed(value: number): string {
  return Number.isNaN(value) ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

const WIDTH = 110;
const HEIGHT = 16;
/** Room for a point at either end. */
const PADDING = 5;

/** A point with its interval on a scale from 0 to 1; the tick in the middle is chance. */
export function intervalBar(value: number | null, range: Interval | null): Markup {
  if (value === null || Number.isNaN(value)) return html`<span class="muted">–</span>`;
  const x = (at: number) => (PADDING + at * (WIDTH - 2 * PADDING)).toFixed(1);
  const middle = HEIGHT / 2;
  const [low, high] = range && !Number.isNaN(range[0]) ? range : [value, value];
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true">
    <line class="axis" x1="${x(0)}" x2="${x(1)}" y1="${middle}" y2="${middle}" />
    <line class="chance" x1="${x(0.5)}" x2="${x(0.5)}" y1="1" y2="${HEIGHT - 1}" />
    <line class="range" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}" />
    <circle class="point" cx="${x(value)}" cy="${middle}" r="4" />
  </svg>`;
}

/**
 * Names and sparse figures of a chart's two axes, around the chart itself: words of the page, so that they keep their
 * size however wide the chart is drawn. Seen only; the chart's own name and the notes say the same in words.
 */
import type { ReactNode } from 'react';
import './axes.css';

export interface Tick {
  /** 0..1 from the left, or from below. */
  readonly at: number;
  readonly text: string;
}

export function Axes(props: {
  readonly across: string;
  readonly up: string;
  readonly acrossTicks: readonly Tick[];
  readonly upTicks: readonly Tick[];
  /** Between the chart and its figures, as wide as the chart. */
  readonly below?: ReactNode;
  readonly children: ReactNode;
}) {
  const { across, up, acrossTicks, upTicks, below, children } = props;
  return (
    <div className="axes">
      <span className="axes-up" aria-hidden="true">
        {up}
      </span>
      <div className="axes-up-ticks" aria-hidden="true">
        {upTicks.map(({ at, text }) => (
          <span key={at} style={{ bottom: `${at * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
      <div className="axes-chart">{children}</div>
      {below && <div className="axes-below">{below}</div>}
      <div className="axes-across-ticks" aria-hidden="true">
        {acrossTicks.map(({ at, text }) => (
          <span key={at} style={{ left: `${at * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
      <span className="axes-across" aria-hidden="true">
        {across}
      </span>
    </div>
  );
}

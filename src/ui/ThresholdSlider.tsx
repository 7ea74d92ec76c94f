/** The two thresholds of a kind of part on one track, 0..1: normal below the first, a defect above the second. */
import * as Slider from '@radix-ui/react-slider';
import { useCallback, useEffect, useRef } from 'react';
import { formatScore } from '../i18n/words.ts';
import './thresholdSlider.css';

interface Pair {
  readonly t1: number;
  readonly t2: number;
}

/** Milliseconds after the last key press until a change by keyboard counts as made. */
const KEY_REST = 800;

export function ThresholdSlider(props: {
  readonly value: Pair;
  /** Names of the two handles. */
  readonly names: { readonly t1: string; readonly t2: string };
  /** While a handle moves. */
  readonly onMove: (pair: Pair) => void;
  /** A handle was let go of, or the keys that moved it have rested for a moment: steps of a key are one change. */
  readonly onKeep: (pair: Pair) => void;
}) {
  const { value, names } = props;
  const byKey = useRef(false);
  const { keep, flush } = useRestedKeep(props.onKeep);
  const pairOf = ([t1 = value.t1, t2 = value.t2]: readonly number[]) => ({ t1, t2 });
  return (
    <Slider.Root
      className="threshold-slider"
      min={0}
      max={1}
      step={0.01}
      value={[value.t1, value.t2]}
      onValueChange={(values) => props.onMove(pairOf(values))}
      onPointerDownCapture={() => (byKey.current = false)}
      onKeyDownCapture={() => (byKey.current = true)}
      onBlur={flush}
      onValueCommit={(values) => keep(pairOf(values), byKey.current ? KEY_REST : 0)}
    >
      <Slider.Track className="threshold-track">
        <Slider.Range className="threshold-range" />
      </Slider.Track>
      <Slider.Thumb className="threshold-thumb" aria-label={names.t1} aria-valuetext={formatScore(value.t1)} />
      <Slider.Thumb className="threshold-thumb" aria-label={names.t2} aria-valuetext={formatScore(value.t2)} />
    </Slider.Root>
  );
}

/** Calls `onKeep` with the last pair after the given milliseconds of rest; at once when flushed or unmounted. */
function useRestedKeep(onKeep: (pair: Pair) => void) {
  const latest = useRef(onKeep);
  const waiting = useRef<{ readonly pair: Pair; readonly timer: ReturnType<typeof setTimeout> } | null>(null);
  useEffect(() => {
    latest.current = onKeep;
  });
  const flush = useCallback(() => {
    if (!waiting.current) return;
    const { pair, timer } = waiting.current;
    clearTimeout(timer);
    waiting.current = null;
    latest.current(pair);
  }, []);
  const keep = (pair: Pair, rest: number) => {
    if (waiting.current) clearTimeout(waiting.current.timer);
    waiting.current = { pair, timer: setTimeout(flush, rest) };
    if (rest === 0) flush();
  };
  useEffect(() => flush, [flush]);
  return { keep, flush };
}

/**
 * The two thresholds of a kind of part on a histogram of its stored scores. Moving them re-labels the stored runs at
 * once by their scores alone, and new inspections are issued with them; what was issued stays as it is.
 */
import { ChevronDown, RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { labelOfScore, type Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Label, Verdict } from '@agentiad/core/protocol/verdict.ts';
import { formatNumber, formatScore } from '../../i18n/words.ts';
import { moveThresholds, resetThresholds, setThresholds } from '../../state/actions/thresholds.ts';
import { relabel, scoredRuns, thresholdsOf } from '../../state/thresholds.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { labelRange, labelWord } from '../../state/words.ts';
import { ThresholdSlider } from '../../ui/ThresholdSlider.tsx';
import './thresholds.css';

const BINS = 25;
const LABELS: readonly Label[] = ['normal', 'review', 'anomalous'];

export function ThresholdsSection({ verdict, score }: { readonly verdict: Verdict; readonly score: number }) {
  const { t } = useTranslation('verdict');
  const { category } = verdict.part;
  const today = useStudioState((state) => thresholdsOf(state, category));
  const [isOpen, setOpen] = useState(false);
  const issued = verdict.settings;
  const now = labelOfScore(score, today);
  const hasMoved = issued.t1 !== today.t1 || issued.t2 !== today.t2;
  return (
    <div className="thresholds">
      <p className="thresholds-issued">
        {t('thresholds.issued', {
          label: labelWord(verdict.verdict.label),
          t1: formatScore(issued.t1),
          t2: formatScore(issued.t2),
        })}{' '}
        {hasMoved
          ? t('thresholds.today', { label: labelWord(now), t1: formatScore(today.t1), t2: formatScore(today.t2) })
          : t('thresholds.alone', { label: labelWord(now) })}
      </p>
      <button
        type="button"
        className="link thresholds-toggle"
        aria-expanded={isOpen}
        onClick={() => setOpen((before) => !before)}
      >
        <ChevronDown size={14} /> {t('thresholds.toggle')}
      </button>
      {isOpen && <Editor category={category} thresholds={today} score={score} />}
    </div>
  );
}

function Editor(props: { readonly category: string | null; readonly thresholds: Thresholds; readonly score: number }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const { category, thresholds, score } = props;
  const { t1, t2 } = thresholds;
  const history = useStudioState((state) => state.history);
  const runs = useMemo(() => scoredRuns(history, category), [history, category]);
  const { bins, counts, changed } = relabel(runs, thresholds, BINS);
  const isDefault = t1 === DEFAULT_THRESHOLDS.t1 && t2 === DEFAULT_THRESHOLDS.t2;
  const place = useRef<HTMLDivElement>(null);
  // It opens below what is on view more often than not.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div className="thresholds-editor" ref={place}>
      <p className="thresholds-about">
        {t('thresholds.runs', { count: runs.length, category: category ?? t('thresholds.unsorted') })}
      </p>
      <Histogram bins={bins} thresholds={thresholds} score={score} />
      <ThresholdSlider
        value={thresholds}
        names={{ t1: t('thresholds.t1'), t2: t('thresholds.t2') }}
        onMove={(pair) => moveThresholds(context, category, pair)}
        onKeep={(pair) => void setThresholds(context, category, pair)}
      />
      <dl className="thresholds-counts" aria-live="polite">
        {LABELS.map((label) => (
          <div key={label} className={`label-${label}`}>
            <dd>{formatNumber(counts[label])}</dd>
            <dt>
              {labelWord(label)} <span>{labelRange(label, thresholds)}</span>
            </dt>
          </div>
        ))}
      </dl>
      <p className="thresholds-note">
        {changed > 0 && `${t('thresholds.changed', { count: changed })} `}
        {t('thresholds.note')}
      </p>
      {!isDefault && (
        <button type="button" className="link" onClick={() => void resetThresholds(context, category)}>
          <RotateCcw size={13} />{' '}
          {t('thresholds.reset', { t1: formatScore(DEFAULT_THRESHOLDS.t1), t2: formatScore(DEFAULT_THRESHOLDS.t2) })}
        </button>
      )}
    </div>
  );
}

/** Bars in the tone of what their scores say; the mark is the run on the stage. */
function Histogram(props: {
  readonly bins: readonly number[];
  readonly thresholds: Thresholds;
  readonly score: number;
}) {
  const highest = Math.max(...props.bins, 1);
  const width = 100 / props.bins.length;
  return (
    <svg className="thresholds-histogram" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      {props.bins.map((count, index) => {
        const middle = (index + 0.5) / props.bins.length;
        // A single run stays visible beside hundreds.
        const height = count === 0 ? 0 : Math.max((count / highest) * 36, 2);
        return (
          <rect
            key={index}
            className={`bar-${labelOfScore(middle, props.thresholds)}`}
            x={index * width + width * 0.08}
            width={width * 0.84}
            y={40 - height}
            height={height}
          />
        );
      })}
      <line className="thresholds-here" x1={props.score * 100} x2={props.score * 100} y1={0} y2={40} />
    </svg>
  );
}

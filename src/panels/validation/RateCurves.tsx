/** Escape rate and overkill if one threshold decided, at every threshold, each with its interval. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rate } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { ratesAtEveryThreshold, type ThresholdRates } from '@agentiad/core/validation/rates.ts';
import { formatShare } from '../../i18n/words.ts';
import { Axes } from './Axes.tsx';
import { scoreTicks, shareTicks } from './ticks.ts';

export function RateCurves(props: { readonly cases: readonly LabelledScore[]; readonly thresholds: Thresholds }) {
  const { t } = useTranslation('validation');
  const points = useMemo(() => ratesAtEveryThreshold(props.cases), [props.cases]);
  const { t1, t2 } = props.thresholds;
  const at = (threshold: number) => points.findLast((point) => point.above < threshold) ?? points[0];
  const escapeAt = at(t1)?.escape;
  const overkillAt = at(t2)?.overkill;
  return (
    <figure className="rate-curves">
      <figcaption>
        <span className="rate-escape">{t('both.escape')}</span>
        <span className="rate-overkill">{t('both.overkill')}</span>
        <span className="validation-note">{t('curves.note')}</span>
      </figcaption>
      <Axes across={t('axes.threshold')} up={t('axes.rate')} acrossTicks={scoreTicks()} upTicks={shareTicks()}>
        <svg viewBox="0 0 100 60" preserveAspectRatio="none" role="img" aria-label={t('curves.label')}>
          {[0.25, 0.5, 0.75].map((share) => (
            <line key={share} className="rate-grid" x1={0} x2={100} y1={60 * share} y2={60 * share} />
          ))}
          <Curve points={points} of={({ escape }) => escape} className="rate-escape" />
          <Curve points={points} of={({ overkill }) => overkill} className="rate-overkill" />
          <line className="score-line" x1={t1 * 100} x2={t1 * 100} y1={0} y2={60} />
          <line className="score-line" x1={t2 * 100} x2={t2 * 100} y1={0} y2={60} />
        </svg>
      </Axes>
      <p className="validation-note">
        {escapeAt?.rate !== null &&
          escapeAt &&
          t('curves.escape', { rate: formatShare(escapeAt.rate!), ...shares(escapeAt) })}{' '}
        {overkillAt?.rate !== null &&
          overkillAt &&
          t('curves.overkill', { rate: formatShare(overkillAt.rate!), ...shares(overkillAt) })}
      </p>
    </figure>
  );
}

const shares = ({ low, high }: Rate) => ({ low: formatShare(low), high: formatShare(high) });

function Curve(props: {
  readonly points: readonly ThresholdRates[];
  readonly of: (point: ThresholdRates) => Rate;
  readonly className: string;
}) {
  const { points, of, className } = props;
  const first = points[0];
  if (!first || of(first).rate === null) return null;
  // A staircase from 0 to 1, which steps at the scores themselves.
  const stairs = (pick: (rate: Rate) => number) => {
    const y = (point: ThresholdRates) => (1 - pick(of(point))) * 60;
    const steps = points.flatMap((point, index) => {
      const from = Math.min(Math.max(point.above, 0), 1) * 100;
      const to = Math.min(points[index + 1]?.above ?? 1, 1) * 100;
      return [`${from.toFixed(2)},${y(point).toFixed(2)}`, `${to.toFixed(2)},${y(point).toFixed(2)}`];
    });
    return steps;
  };
  const band = [...stairs(({ low }) => low), ...stairs(({ high }) => high).toReversed()];
  return (
    <g className={className}>
      <polygon points={band.join(' ')} />
      <polyline points={stairs(({ rate }) => rate!).join(' ')} />
    </g>
  );
}

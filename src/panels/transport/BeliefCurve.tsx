/** What the model would have answered after each step, as a small curve with its values in words and numbers. */
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { formatScore } from '../../i18n/words.ts';
import { beliefPoints, linesOf } from './belief.ts';

export function BeliefCurve(props: {
  readonly first: number | null;
  readonly steps: readonly TraceStep[];
  readonly turn: number;
}) {
  const { t } = useTranslation('transport');
  const points = beliefPoints(props.first, props.steps);
  if (points.length === 0) return null;
  const end = props.steps.length;
  const left = (turn: number) => (end === 0 ? 0 : turn / end);
  const now = points.findLast(({ turn }) => turn <= props.turn);
  const values = points.map(({ turn, belief }) => t('beliefAt', { turn, value: asNumber(belief) })).join(', ');
  return (
    <div className="belief" role="img" aria-label={t('beliefCurve', { values })} title={t('beliefMeaning')}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <line className="belief-middle" x1="0" x2="100" y1="50" y2="50" />
        {linesOf(points).map((line) => (
          <polyline
            key={line[0]!.turn}
            points={line.map(({ turn, belief }) => `${left(turn) * 100},${(1 - belief) * 100}`).join(' ')}
          />
        ))}
      </svg>
      {points.map(({ turn, belief }) => (
        <span
          key={turn}
          className={turn === now?.turn ? 'belief-dot belief-now' : 'belief-dot'}
          style={{ left: `${left(turn) * 100}%`, top: `${(1 - belief) * 100}%` }}
        />
      ))}
    </div>
  );
}

/** Its value at the turn on the stage; nothing where none was read. */
export function BeliefNow(props: {
  readonly first: number | null;
  readonly steps: readonly TraceStep[];
  readonly turn: number;
}) {
  const { t } = useTranslation('transport');
  const now = beliefPoints(props.first, props.steps).findLast(({ turn }) => turn <= props.turn);
  if (!now) return null;
  return (
    <span className="belief-value" title={t('beliefMeaning')}>
      {t('belief', { value: asNumber(now.belief) })}
    </span>
  );
}

function asNumber(belief: number): string {
  return formatScore(belief);
}

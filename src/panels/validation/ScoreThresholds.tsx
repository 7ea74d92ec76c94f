/**
 * The scores of good parts above the line, of bad ones below it, and the two thresholds under them. A handle that moves
 * recounts everything at once, without the model.
 */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Triage } from '@agentiad/core/protocol/recipe.ts';
import { labelOfScore, type Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { formatNumber } from '../../i18n/words.ts';
import { moveThresholds, setThresholds } from '../../state/actions/thresholds.ts';
import { useStudio } from '../../state/useStudio.ts';
import { countLabels, LABELS, scoreBins } from '../../state/validationFigures.ts';
import { labelRange, labelWord } from '../../state/words.ts';
import { ThresholdSlider } from '../../ui/ThresholdSlider.tsx';
import { Axes } from './Axes.tsx';
import { countTicks, scoreTicks } from './ticks.ts';
import '../verdict/thresholds.css';

const BINS = 40;
/** Of 80: half of the height, with a little room. */
const HIGHEST = 38;

export function ScoreThresholds(props: {
  readonly category: string;
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
  readonly triage: Triage | null;
  readonly isCalibrated: boolean;
}) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const { category, cases, thresholds, triage, isCalibrated } = props;
  const counts = countLabels(cases, thresholds, triage);
  return (
    <div className="score-thresholds">
      <p className="validation-note">{t(isCalibrated ? 'thresholds.calibrated' : 'thresholds.raw')}</p>
      <ScoreHistogram cases={cases} thresholds={thresholds}>
        <ThresholdSlider
          value={thresholds}
          names={{ t1: t('thresholds.t1'), t2: t('thresholds.t2') }}
          onMove={(pair) => moveThresholds(context, category, pair)}
          onKeep={(pair) => void setThresholds(context, category, pair)}
        />
      </ScoreHistogram>
      <table className="label-matrix">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('thresholds.truly')}</span>
            </th>
            {LABELS.map((label) => (
              <th key={label} scope="col" className={`label-${label}`}>
                {labelWord(label)}
                <span>{labelRange(label, thresholds)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['normal', 'anomalous'] as const).map((truth) => (
            <tr key={truth}>
              <th scope="row">{t(`images.${truth}`)}</th>
              {LABELS.map((label) => (
                <td
                  key={label}
                  className={isWrong(truth, label) && counts[truth][label] > 0 ? 'label-wrong' : undefined}
                >
                  {formatNumber(counts[truth][label])}
                  {isWrong(truth, label) && <span>{t(label === 'normal' ? 'both.escape' : 'both.overkill')}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isWrong(truth: 'normal' | 'anomalous', label: (typeof LABELS)[number]): boolean {
  return label !== 'review' && label !== truth;
}

/** Heights by the square root of the count, so that few beside hundreds stay visible. */
function ScoreHistogram({
  cases,
  thresholds,
  children,
}: {
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
  /** Under the scores, on the same scale. */
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('validation');
  const bins = scoreBins(cases, BINS);
  const most = Math.max(1, ...bins.flatMap(({ good, bad }) => [good, bad]));
  const height = (count: number) => Math.sqrt(count / most) * HIGHEST;
  const width = 100 / BINS;
  return (
    <figure className="score-histogram">
      <Axes
        across={t('axes.score')}
        up={t('axes.images')}
        acrossTicks={scoreTicks()}
        upTicks={countTicks(most, HIGHEST / 80)}
        below={children}
      >
        <span className="score-histogram-side">{t('images.normal')}</span>
        <svg viewBox="0 0 100 80" preserveAspectRatio="none" role="img" aria-label={t('thresholds.histogram')}>
          {bins.map(({ good, bad }, index) => {
            const says = labelOfScore((index + 0.5) / BINS, thresholds);
            const x = index * width + width * 0.08;
            return (
              <g key={index} className={`bar-${says}`}>
                <rect x={x} width={width * 0.84} y={40 - height(good)} height={height(good)} />
                <rect x={x} width={width * 0.84} y={40} height={height(bad)} />
              </g>
            );
          })}
          <line className="score-axis" x1={0} x2={100} y1={40} y2={40} />
          {[thresholds.t1, thresholds.t2].map((at, index) => (
            <line key={index} className="score-line" x1={at * 100} x2={at * 100} y1={0} y2={80} />
          ))}
        </svg>
        <span className="score-histogram-side score-histogram-below">{t('images.anomalous')}</span>
      </Axes>
    </figure>
  );
}

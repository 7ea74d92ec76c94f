/** Whether a calibrated score of 0.8 means eight in ten, by bins. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calibration } from '@agentiad/core/protocol/recipe.ts';
import { calibratedCases } from '@agentiad/core/validation/calibrate.ts';
import { scoredBy, type LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { expectedCalibrationError, reliabilityBins } from '@agentiad/core/validation/reliability.ts';
import { formatScore } from '../../i18n/words.ts';
import { Axes } from './Axes.tsx';
import { scoreTicks, shareTicks } from './ticks.ts';

export function CalibrationFigure(props: {
  /** With raw scores. */
  readonly cases: readonly LabelledScore[];
  readonly calibration: Calibration | null;
}) {
  const { t } = useTranslation('validation');
  const { cases, calibration } = props;
  const raw = useMemo(() => expectedCalibrationError(scoredBy(cases)), [cases]);
  const bins = useMemo(() => reliabilityBins(scoredBy(calibratedCases(cases, calibration))), [cases, calibration]);
  const most = Math.max(1, ...bins.map(({ n }) => n));
  return (
    <section className="validation-section" aria-labelledby="validation-calibration">
      <h3 id="validation-calibration">{t('calibration.title')}</h3>
      <p className="validation-note">
        {calibration
          ? t(`calibration.${calibration.kind}`, { ece: formatScore(calibration.ece), raw: formatScore(raw) })
          : t('calibration.none', { raw: Number.isNaN(raw) ? '–' : formatScore(raw) })}
      </p>
      <div className="reliability-axes">
        <Axes across={t('axes.score')} up={t('axes.bad')} acrossTicks={scoreTicks()} upTicks={shareTicks()}>
          <svg className="reliability" viewBox="0 0 100 100" role="img" aria-label={t('calibration.label')}>
            <rect className="reliability-frame" x={0} y={0} width={100} height={100} />
            <line className="reliability-ideal" x1={0} y1={100} x2={100} y2={0} />
            {bins.map(({ from, n, meanScore, anomalousShare }) =>
              meanScore === null || anomalousShare === null ? null : (
                <circle key={from} cx={meanScore * 100} cy={100 - anomalousShare * 100} r={2 + 4 * Math.sqrt(n / most)}>
                  <title>
                    {t('calibration.bin', {
                      score: formatScore(meanScore),
                      share: formatScore(anomalousShare),
                      count: n,
                    })}
                  </title>
                </circle>
              ),
            )}
          </svg>
        </Axes>
      </div>
      <p className="validation-note">{t('calibration.axes')}</p>
    </section>
  );
}

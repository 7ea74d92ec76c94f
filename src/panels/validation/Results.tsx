/** What came of the labelled images: both judges side by side, thresholds on the scores, what may be claimed, worst cases. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calibration, Recipe } from '@agentiad/core/protocol/recipe.ts';
import { aurocOf } from '@agentiad/core/validation/auroc.ts';
import { calibratedCases } from '@agentiad/core/validation/calibrate.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { thresholdsOf } from '../../state/thresholds.ts';
import { useStudioState } from '../../state/useStudio.ts';
import type { ValidationSoFar } from '../../state/validations.ts';
import { CalibrationFigure } from './CalibrationFigure.tsx';
import { Costs } from './Costs.tsx';
import { FastPath } from './FastPath.tsx';
import { PlainClaims } from './PlainClaims.tsx';
import { RateCurves } from './RateCurves.tsx';
import { ScoreThresholds } from './ScoreThresholds.tsx';
import { SideBySide } from './SideBySide.tsx';
import { WorstCases } from './WorstCases.tsx';

export function Results(props: {
  readonly category: string;
  readonly recipe: Recipe;
  readonly validation: ValidationSoFar;
  readonly cases: readonly LabelledScore[];
  /** That the thresholds are meant for. */
  readonly calibration: Calibration | null;
}) {
  const { t } = useTranslation('validation');
  const { category, recipe, validation, cases, calibration } = props;
  const t1 = useStudioState((state) => thresholdsOf(state, category).t1);
  const t2 = useStudioState((state) => thresholdsOf(state, category).t2);
  const thresholds = useMemo(() => ({ t1, t2 }), [t1, t2]);
  const scored = useMemo(() => calibratedCases(cases, calibration), [cases, calibration]);
  const areas = useMemo(() => ({ agent: aurocOf(cases), library: aurocOf(cases, 'library-match') }), [cases]);
  const { triage } = recipe;
  const shared = { category, cases: scored, thresholds, triage };
  return (
    <>
      <section className="validation-section" aria-labelledby="validation-results">
        <h3 id="validation-results">{t('results.title', { count: cases.length })}</h3>
        {validation.record.status !== 'complete' && <p className="validation-note">{t('results.partial')}</p>}
        <SideBySide cases={scored} thresholds={thresholds} triage={triage} areas={areas} />
        <PlainClaims cases={scored} thresholds={thresholds} triage={triage} areas={areas} />
      </section>
      <section className="validation-section" aria-labelledby="validation-thresholds">
        <h3 id="validation-thresholds">{t('thresholds.title')}</h3>
        <div className="validation-pair">
          <ScoreThresholds {...shared} isCalibrated={calibration !== null} />
          <RateCurves cases={scored} thresholds={thresholds} />
        </div>
        <Costs category={category} recipe={recipe} cases={scored} />
      </section>
      <section className="validation-section" aria-labelledby="validation-worst">
        <h3 id="validation-worst">{t('worst.title')}</h3>
        <p className="validation-note">{t('worst.note')}</p>
        <WorstCases {...shared} validation={validation} />
      </section>
      <div className="validation-pair">
        <CalibrationFigure cases={cases} calibration={calibration} />
        <FastPath category={category} recipe={recipe} cases={scored} thresholds={thresholds} />
      </div>
    </>
  );
}

/** For an inspection that did not come to its end: go on from its last finished step, begin anew, or leave it. */
import { Minimize2, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { resumeInspection } from '../../state/actions/resume.ts';
import { whyNotResume } from '../../state/askable.ts';
import { troubleOfProblem } from '../../state/trouble.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import './questions.css';

export function ResumeOffer() {
  const context = useStudio();
  const { t } = useTranslation('questions');
  const current = useStudioState((state) => state.current);
  const obstacle = useStudioState(whyNotResume);
  const [leftAlone, leaveAlone] = useState<string | null>(null);
  if (!current || current.activity !== 'open' || leftAlone === current.runId) return null;
  const finished = (current.trace?.steps ?? current.run.steps).filter(({ observation }) => observation !== null).length;
  const code = current.problem?.code ?? current.trace?.verdict.errors[0]?.code ?? '';
  const isGivenUp = code === 'device-lost-repeatedly';
  const isDeviceLost = troubleOfProblem({ code }) === 'lost' || isGivenUp;
  return (
    <div className="resume" role="group" aria-label={t('resume.title')}>
      <p className="resume-where">{t('resume.stoppedAt', { count: finished, step: finished })}</p>
      {isDeviceLost && <p>{t(isGivenUp ? 'resume.givenUp' : 'resume.deviceLost')}</p>}
      {obstacle !== null && obstacle !== 'settled' && <p>{t(`why.${obstacle}`)}</p>}
      {obstacle === 'settled' && <p>{t('resume.unknown')}</p>}
      <div className="question-actions">
        <button
          type="button"
          className="button button-primary"
          onClick={() => void resumeInspection(context)}
          disabled={obstacle !== null}
        >
          <Play size={14} /> {t('resume.go')}
        </button>
        {isDeviceLost && (
          <button
            type="button"
            className="button"
            onClick={() => void resumeInspection(context, { hasSmallerCrops: true })}
            disabled={obstacle !== null}
          >
            <Minimize2 size={14} /> {t('resume.smaller')}
          </button>
        )}
        <button type="button" className="button" onClick={() => void inspectAgain(context)} disabled={!current.hasFile}>
          {t('resume.again')}
        </button>
        <button type="button" className="button" onClick={() => leaveAlone(current.runId)}>
          {t('resume.keep')}
        </button>
      </div>
    </div>
  );
}

/** On the empty page: that the model could not be loaded, or that it runs more slowly than it could, and why. */
import { Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import { troubleOfBackend, troubleOfProblem } from '../../state/trouble.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { CopyDetails, TroubleHelp } from '../trouble/TroubleHelp.tsx';

export function DeviceNote() {
  const { t } = useTranslation('start');
  const engine = useStudioState((state) => state.engine);
  if (engine.state === 'loading') return null;
  if (engine.state === 'failed') {
    const { code, subject, reason, remedy } = problemInWords(engine.problem);
    const trouble = troubleOfProblem(engine.problem);
    return (
      <div className="start-failed" role="alert" data-code={code}>
        <TriangleAlert size={18} />
        <div>
          <p>
            <strong>{t('failed')}</strong> {subject}: {reason}
          </p>
          <p>
            {remedy} {t('stillWorks')}
          </p>
          {trouble ? (
            <TroubleHelp trouble={trouble} />
          ) : (
            <div className="trouble-actions">
              <CopyDetails />
            </div>
          )}
        </div>
      </div>
    );
  }
  const trouble = troubleOfBackend(engine.info.backend);
  // A software adapter is how it is on many machines, and nothing is the matter.
  if (trouble === null || trouble === 'software') return null;
  return (
    <details className="start-note" open={trouble === 'insecure'}>
      <summary>
        <Info size={16} /> {t('slower', { title: t(`trouble:${trouble}.title`) })}
      </summary>
      <TroubleHelp trouble={trouble} detail={engine.info.backend.reason} />
    </details>
  );
}

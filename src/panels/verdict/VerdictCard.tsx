/** The verdict card in each of its states: getting ready, inspecting, failed, interrupted, finished. */
import { LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import type { Problem } from '../../runtime/messages.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import type { Current, EngineStatus } from '../../state/studioState.ts';
import { troubleOfProblem } from '../../state/trouble.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { phaseWords } from '../../state/words.ts';
import { ResumeOffer } from '../questions/ResumeOffer.tsx';
import { TroubleHelp } from '../trouble/TroubleHelp.tsx';
import { Card } from './Card.tsx';
import { Finished } from './Finished.tsx';
import { Progress } from './Progress.tsx';
import './verdict.css';

export function VerdictCard() {
  const { t } = useTranslation('verdict');
  const current = useStudioState((state) => state.current);
  const engine = useStudioState((state) => state.engine);
  if (!current) return null;
  const { verdict } = current.run;
  if (verdict) return <Finished key={current.runId} current={current} verdict={verdict} />;
  if (current.problem) return <Broken problem={current.problem} />;
  if (current.cutOff)
    return (
      <Card tone="neutral" title={t('cutOff.title')}>
        <p>{t('cutOff.text')}</p>
        <ResumeOffer />
      </Card>
    );
  return <Working current={current} engine={engine} />;
}

function Working({ current, engine }: { readonly current: Current; readonly engine: EngineStatus }) {
  const { t } = useTranslation('verdict');
  const spin = <LoaderCircle size={18} className="spin" />;
  if (engine.state === 'failed')
    return (
      <Card tone="failed" title={t('noModel')}>
        <ProblemLines problem={engine.problem} isNamed />
      </Card>
    );
  if (engine.state === 'loading')
    return (
      <Card tone="neutral" title={t('gettingReady')} icon={spin}>
        <p>{t('gettingReadyText', { phase: phaseWords(engine.phase) })}</p>
      </Card>
    );
  return (
    <Card tone="neutral" title={t(current.activity === 'stopping' ? 'stopping' : 'inspecting')} icon={spin}>
      <p>{t('inspectingText')}</p>
      <Progress key={current.runId} current={current} />
    </Card>
  );
}

function Broken({ problem }: { readonly problem: NonNullable<Current['problem']> }) {
  const { t } = useTranslation('verdict');
  const canGoOn = useStudioState((state) => state.current?.askedFor !== null && state.current?.hasFile === true);
  return (
    <Card tone="failed" title={t('broken')}>
      <ProblemLines problem={problem} />
      {canGoOn ? <ResumeOffer /> : <AgainButton />}
    </Card>
  );
}

/** Cause and remedy; for a trouble with a name also what works all the same. */
function ProblemLines({ problem, isNamed = false }: { readonly problem: Problem; readonly isNamed?: boolean }) {
  const { subject, reason, remedy } = problemInWords(problem);
  const trouble = troubleOfProblem(problem);
  return (
    <>
      <p className="verdict-lead">{isNamed ? `${subject}: ${reason}` : reason}</p>
      <p>{remedy}</p>
      {trouble && <TroubleHelp trouble={trouble} />}
    </>
  );
}

function AgainButton() {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const hasFile = useStudioState((state) => state.current?.hasFile ?? false);
  if (!hasFile) return null;
  return (
    <button type="button" className="button" onClick={() => void inspectAgain(context)}>
      {t('again')}
    </button>
  );
}

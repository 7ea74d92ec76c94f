/** The verdict card in each of its states: getting ready, inspecting, failed, interrupted, finished. */
import { LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inspectAgain } from '../../state/actions/inspect.ts';
import type { Current, EngineStatus } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { phaseWords } from '../../state/words.ts';
import { Card } from './Card.tsx';
import { Finished } from './Finished.tsx';
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
        <AgainButton />
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
        <p className="verdict-lead">
          {engine.problem.subject}: {engine.problem.reason}
        </p>
        <p>{engine.problem.remedy}</p>
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
    </Card>
  );
}

function Broken({ problem }: { readonly problem: NonNullable<Current['problem']> }) {
  const { t } = useTranslation('verdict');
  return (
    <Card tone="failed" title={t('broken')}>
      <p className="verdict-lead">{problem.reason}</p>
      <p>{problem.remedy}</p>
      <AgainButton />
    </Card>
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

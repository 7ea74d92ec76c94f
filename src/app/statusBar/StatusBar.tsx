/**
 * The foot of the page, while something goes on that is not in view: the one activity that matters most (an inspection
 * before a model being added), how far it is, and what ends it. Nothing otherwise.
 */
import { LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { progressWords } from '../../panels/models/modelWords.ts';
import { stopLive } from '../../state/actions/inspect.ts';
import { cancelTask, openModels } from '../../state/actions/models.ts';
import { openRun } from '../../state/actions/traces.ts';
import type { ModelTask } from '../../state/modelsState.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import './statusBar.css';

export function StatusBar() {
  const stage = useStudioState((state) => state.current?.runId ?? null);
  const live = useStudioState((state) => state.inspecting?.live ?? null);
  const tasks = useStudioState((state) => state.models.tasks);
  const [first] = Object.entries(tasks);
  if (live && live.runId !== stage) return <InspectionActivity live={live} />;
  return first ? <ModelActivity modelId={first[0]} task={first[1]} /> : null;
}

function InspectionActivity({ live }: { readonly live: Current }) {
  const context = useStudio();
  const { t } = useTranslation('app');
  const step = live.run.steps.length;
  const isStopping = live.activity === 'stopping';
  return (
    <aside className="status-bar" aria-label={t('status.title')}>
      <LoaderCircle size={15} className="spin" />
      <p>
        {t('status.inspecting', { name: live.name })}
        {step > 0 && <span className="status-more">{t('status.step', { step })}</span>}
      </p>
      <button type="button" className="button" onClick={() => void openRun(context, live.runId)}>
        {t('status.show')}
      </button>
      <button type="button" className="button button-danger" disabled={isStopping} onClick={() => stopLive(context)}>
        {t(isStopping ? 'status.stopping' : 'status.stop')}
      </button>
    </aside>
  );
}

function ModelActivity({ modelId, task }: { readonly modelId: string; readonly task: ModelTask }) {
  const context = useStudio();
  const { t } = useTranslation('app');
  const { name, progress, isCancelling } = task;
  return (
    <aside className="status-bar" aria-label={t('status.title')}>
      <LoaderCircle size={15} className="spin" />
      <p>
        {name}
        {progress && <span className="status-more">{progressWords(progress)}</span>}
      </p>
      <progress aria-label={name} max={progress?.totalBytes ?? 1} value={progress?.doneBytes ?? undefined} />
      <button type="button" className="button" onClick={() => openModels(context)}>
        {t('status.show')}
      </button>
      <button type="button" className="button" disabled={isCancelling} onClick={() => cancelTask(context, modelId)}>
        {t(isCancelling ? 'status.stopping' : 'status.cancel')}
      </button>
    </aside>
  );
}

/** One model of the list: its state, its facts, and what can be done with it. */
import { CircleCheck, CircleDashed, Download, ShieldCheck, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatShare } from '../../i18n/words.ts';
import type { ModelOffer, StoredModel } from '../../modelStore/modelRecord.ts';
import { whatIsLacking } from '../../runtime/modelFit.ts';
import { cancelTask, chooseModel, deleteModel, resumeModel, verifyModel } from '../../state/actions/models.ts';
import type { ModelTask } from '../../state/modelsState.ts';
import { phaseWords } from '../../state/words.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ModelFacts } from './ModelFacts.tsx';
import { progressWords, shareOf } from './modelWords.ts';
import { ProblemText } from './ProblemText.tsx';

/** `stored` is null for the model that comes with the page. */
export function ModelCard({ model, stored }: { readonly model: ModelOffer; readonly stored: StoredModel | null }) {
  const { t } = useTranslation('models');
  const task = useStudioState((state) => state.models.tasks[model.id]);
  const problem = useStudioState((state) => state.models.problems[model.id]);
  const isUsed = useIsUsed(stored);
  const isVerified = useStudioState((state) => state.models.verified.includes(model.id));
  return (
    <li>
      <article className="model-card" aria-label={model.card.name}>
        <header className="model-head">
          <h4>{model.card.name}</h4>
          <State stored={stored} task={task} />
          <span className="model-size">{formatBytes(model.storedBytes)}</span>
        </header>
        <ModelFacts model={model} isUsed={isUsed} />
        {problem && <ProblemText problem={problem} />}
        {isVerified && (
          <p className="model-verified" role="status">
            <ShieldCheck size={15} aria-hidden="true" /> {t('verified')}
          </p>
        )}
        {task ? <TaskProgress modelId={model.id} task={task} /> : <Actions model={model} stored={stored} />}
      </article>
    </li>
  );
}

/** Whether this is the model that inspects. */
function useIsUsed(stored: StoredModel | null): boolean {
  const usedId = useStudioState((state) => (state.engine.state === 'ready' ? state.engine.info.modelId : undefined));
  return usedId === (stored?.id ?? null);
}

function State({ stored, task }: { readonly stored: StoredModel | null; readonly task: ModelTask | undefined }) {
  const { t } = useTranslation('models');
  if (useIsUsed(stored)) {
    return (
      <span className="model-state model-state-used">
        <CircleCheck size={14} aria-hidden="true" /> {t('state.used')}
      </span>
    );
  }
  if (stored?.state !== 'partial') {
    return <span className="model-state">{t(stored ? 'state.ready' : 'state.shipped')}</span>;
  }
  if (task) return null;
  return (
    <span className="model-state model-state-partial">
      <CircleDashed size={14} aria-hidden="true" /> {t('state.partial', { share: formatShare(shareOf(stored)) })}
    </span>
  );
}

function Actions({ model, stored }: { readonly model: ModelOffer; readonly stored: StoredModel | null }) {
  const context = useStudio();
  const { t } = useTranslation('models');
  const [deleting, setDeleting] = useState(false);
  if (stored && deleting) {
    return (
      <div className="model-actions" role="group" aria-label={t('deleteAsk', { name: model.card.name })}>
        <p>
          {t(stored.origin.kind === 'url' ? 'deleteDownloaded' : 'deleteCopied', {
            size: formatBytes(stored.verifiedBytes),
          })}
        </p>
        <button type="button" className="button" autoFocus onClick={() => setDeleting(false)}>
          {t('keep')}
        </button>
        <button type="button" className="button button-danger" onClick={() => void deleteModel(context, stored)}>
          {t('delete')}
        </button>
      </div>
    );
  }
  return (
    <div className="model-actions">
      {stored?.state === 'partial' ? (
        <button type="button" className="button button-primary" onClick={() => void resumeModel(context, stored)}>
          <Download size={15} /> {t('resume')}
        </button>
      ) : (
        <UseButton model={model} modelId={stored?.id ?? null} />
      )}
      {stored?.state === 'whole' && (
        <button type="button" className="button" onClick={() => void verifyModel(context, stored)}>
          <ShieldCheck size={15} /> {t('verify')}
        </button>
      )}
      {stored && (
        <button
          type="button"
          className="button model-delete"
          aria-label={t('deleteModel', { name: model.card.name })}
          onClick={() => setDeleting(true)}
        >
          <Trash2 size={15} /> {t('delete')}
        </button>
      )}
    </div>
  );
}

/** Says why it cannot be pressed, if so. */
function UseButton({ model, modelId }: { readonly model: ModelOffer; readonly modelId: string | null }) {
  const context = useStudio();
  const { t } = useTranslation('models');
  const engine = useStudioState((state) => state.engine);
  const isInspecting = useStudioState((state) => state.inspecting !== null);
  if (engine.state === 'ready' && engine.info.modelId === modelId) return null;
  const reason =
    engine.state === 'loading'
      ? `${phaseWords(engine.phase)} …`
      : isInspecting
        ? t('waitInspection')
        : engine.state === 'ready' && whatIsLacking(model.sizes, engine.info.backend)
          ? t('cannotUse')
          : null;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={reason !== null}
        onClick={() => void chooseModel(context, modelId)}
      >
        {t('use')}
      </button>
      {reason && (
        <span className="model-hint" role="status">
          {reason}
        </span>
      )}
    </>
  );
}

function TaskProgress({ modelId, task }: { readonly modelId: string; readonly task: ModelTask }) {
  const context = useStudio();
  const { t } = useTranslation('models');
  const { progress, isCancelling, name } = task;
  const row = useRef<HTMLDivElement>(null);
  // What was pressed may be far above the card that now shows how it goes.
  useEffect(() => {
    void row.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div className="model-task" ref={row}>
      <progress
        aria-label={t('progressOf', { name })}
        max={progress?.totalBytes ?? 1}
        value={progress?.doneBytes ?? undefined}
      />
      <div className="model-task-row">
        <p>{isCancelling ? t('stopping') : progress ? progressWords(progress) : t('asking')}</p>
        <button type="button" className="button" disabled={isCancelling} onClick={() => cancelTask(context, modelId)}>
          {t('cancel')}
        </button>
      </div>
      {progress?.note && <p className="model-hint">{progress.note}</p>}
    </div>
  );
}

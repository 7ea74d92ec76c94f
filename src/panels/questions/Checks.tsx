/** What decided it: the controls in a table, each with what the agent says then and whether that flips. */
import { Scale } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CHECK_KINDS, type CheckKind, type TraceCheck } from '@agentiad/core/protocol/trace.ts';
import { formatScore } from '../../i18n/words.ts';
import { stopAsking } from '../../state/actions/ask.ts';
import { checkWhatDecided } from '../../state/actions/checks.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { labelWord } from '../../state/words.ts';

export function Checks({ isIdle }: { readonly isIdle: boolean }) {
  const context = useStudio();
  const { t } = useTranslation('questions');
  const trace = useStudioState((state) => state.current?.trace ?? null);
  const runId = useStudioState((state) => state.current?.runId);
  const asking = useStudioState((state) => state.asking);
  const isRunning = asking?.kind === 'checks' && asking.runId === runId;
  const checks = trace?.checks ?? [];
  return (
    <div className="question" role="group" aria-labelledby="question-checks">
      <h3 id="question-checks">{t('checks.title')}</h3>
      <p>{t('checks.text')}</p>
      <div className="question-actions">
        {isRunning ? (
          <>
            <button type="button" className="button" onClick={() => stopAsking(context)} disabled={asking.isStopping}>
              {t(asking.isStopping ? 'stopping' : 'stop')}
            </button>
            <span role="status" className="question-where">
              {t('checks.running', { done: asking.done, total: asking.total })}
            </span>
          </>
        ) : (
          <button type="button" className="button" onClick={() => void checkWhatDecided(context)} disabled={!isIdle}>
            <Scale size={15} /> {t(checks.length > 0 ? 'checks.again' : 'checks.run')}
          </button>
        )}
      </div>
      {(checks.length > 0 || isRunning) && trace && (
        <table className="checks">
          <thead>
            <tr>
              <th scope="col">{t('checks.without')}</th>
              <th scope="col">{t('checks.says')}</th>
              <th scope="col">{t('checks.score')}</th>
              <th scope="col">{t('checks.label')}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('checks.asItWas')}</th>
              <td>{saysWord(t, trace.verdict.agentAnswer?.anomaly_present)}</td>
              <td>{scoreText(trace.verdict.verdict.score)}</td>
              <td>{labelWord(trace.verdict.verdict.label)}</td>
            </tr>
            {CHECK_KINDS.map((kind) => (
              <CheckRow key={kind} kind={kind} check={checks.find((known) => known.kind === kind)} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function CheckRow({ kind, check }: { readonly kind: CheckKind; readonly check: TraceCheck | undefined }) {
  const { t } = useTranslation('questions');
  const name = (
    <th scope="row">
      {t(`checks.kind.${kind}`)}
      {check?.shown !== undefined && (
        <span className="check-shown">
          {check.shown === null ? t('checks.shuffled') : t('checks.ofCategory', { category: check.shown })}
        </span>
      )}
    </th>
  );
  if (!check)
    return (
      <tr>
        {name}
        <td colSpan={3}>{t('checks.open')}</td>
      </tr>
    );
  if (!check.answer)
    return (
      <tr>
        {name}
        <td colSpan={3} title={check.message}>
          {check.status === 'skipped' ? t(`checks.skipped.${kind}`) : noAnswerWords(t, check)}
        </td>
      </tr>
    );
  return (
    <tr className={check.flips ? 'check-flips' : undefined}>
      {name}
      <td>
        {saysWord(t, check.answer.anomaly_present)}
        {check.flips && <strong className="check-flip">{t('checks.flips')}</strong>}
      </td>
      <td>{scoreText(check.score)}</td>
      <td>{check.label && labelWord(check.label)}</td>
    </tr>
  );
}

/** Why there is no answer, without what only programmers would say; that is in the tooltip. */
function noAnswerWords(t: (key: string) => string, { status, message }: TraceCheck): string {
  if (status === 'interrupted') return t('checks.failed.stopped');
  if (/graphics device|GPU/i.test(message)) return t('checks.failed.device');
  return t(/answer|JSON|token/i.test(message) ? 'checks.failed.unreadable' : 'checks.failed.other');
}

function saysWord(t: (key: string) => string, says: boolean | undefined): string {
  if (says === undefined) return '–';
  return t(says ? 'checks.defect' : 'checks.normal');
}

function scoreText(score: number | null): string {
  return score === null ? '–' : formatScore(score);
}

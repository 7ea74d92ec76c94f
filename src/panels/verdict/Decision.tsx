/** The human decision: one key each, kind of defect and note on request, taken back at any time. */
import { Check, CircleCheck, CircleHelp, CircleX, LibraryBig, NotebookPen, TriangleAlert, Undo2 } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { HumanDecision, Verdict } from '@agentiad/core/protocol/verdict.ts';
import { formatDate } from '../../i18n/words.ts';
import { acceptVerdict, clearDecision, decide, writeNote } from '../../state/actions/decide.ts';
import { fileAsGood, filing } from '../../state/actions/fileAsGood.ts';
import { acceptedAs, decidedOnAnother, disagrees } from '../../state/decisions.ts';
import { usePreferences, useStudio, useStudioState } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import { useKeyHint } from '../../ui/keyHints.ts';
import { Keys } from '../../ui/Keys.tsx';
import { CorrectionEditor, CorrectionStart } from '../correction/Correction.tsx';
import { DefectType, Note } from './DecisionFields.tsx';
import './decision.css';

const CHOICES: readonly { readonly decision: HumanDecision['decision']; readonly icon: ReactNode }[] = [
  { decision: 'good', icon: <CircleCheck size={15} /> },
  { decision: 'defect', icon: <CircleX size={15} /> },
  { decision: 'unsure', icon: <CircleHelp size={15} /> },
];

export function Decision({ verdict, runId }: { readonly verdict: Verdict; readonly runId: string }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const decision = useStudioState((state) => state.decisions[runId]);
  const noting = useStudioState((state) => state.noting);
  const isCorrecting = useStudioState((state) => state.correcting?.runId === runId);
  return (
    <div className="decision" role="group" aria-label={t('decision.title')}>
      {/* It keeps its place while the editor lies over it, so that nothing moves. */}
      <div className="decision-main" inert={isCorrecting}>
        <Accept verdict={verdict} isAccepted={decision?.accepted ?? false} />
        <div className="decision-keys">
          {CHOICES.map((choice) => (
            <Key
              key={choice.decision}
              action={choice.decision}
              icon={choice.icon}
              text={t(`decision.${choice.decision}`)}
              tone={choice.decision}
              isPressed={decision?.decision === choice.decision}
              onPress={() => void decide(context, choice.decision)}
            />
          ))}
          <Key
            action="note"
            icon={<NotebookPen size={15} />}
            text={t('decision.note')}
            tone="note"
            disabled={!decision}
            title={decision ? undefined : t('decision.noteFirst')}
            onPress={() => writeNote(context)}
          />
        </div>
        {decision?.decision === 'defect' && (
          <DefectType key={runId} decision={decision} types={verdict.settings.types} />
        )}
        {decision && (noting || decision.note !== null) && <Note decision={decision} />}
        <CorrectionStart runId={runId} />
        {decision?.decision === 'good' && <FileAsGood />}
        <Foot verdict={verdict} runId={runId} />
      </div>
      <CorrectionEditor verdict={verdict} runId={runId} />
    </div>
  );
}

function Accept({ verdict, isAccepted }: { readonly verdict: Verdict; readonly isAccepted: boolean }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const hint = useKeyHint('accept');
  const accepted = acceptedAs(verdict);
  if (!accepted) return null;
  const type = verdict.agentAnswer?.top_anomaly ?? 'none';
  const what =
    accepted === 'defect' && type !== 'none'
      ? t('decision.acceptType', { type: typeWords(type) })
      : t(accepted === 'defect' ? 'decision.acceptDefect' : 'decision.acceptGood');
  return (
    <button
      type="button"
      className="button decision-accept"
      aria-pressed={isAccepted}
      aria-keyshortcuts={hint?.aria}
      onClick={() => void acceptVerdict(context)}
    >
      <Check size={16} /> <span>{what}</span> {hint && <Keys caps={hint.caps} />}
    </button>
  );
}

function Key(props: {
  readonly action: string;
  readonly icon: ReactNode;
  readonly text: string;
  readonly tone: HumanDecision['decision'] | 'note';
  readonly isPressed?: boolean;
  readonly disabled?: boolean;
  readonly title?: string | undefined;
  readonly onPress: () => void;
}) {
  const hint = useKeyHint(props.action);
  return (
    <button
      type="button"
      className={`button decision-key decision-${props.tone}`}
      aria-pressed={props.isPressed}
      aria-keyshortcuts={hint?.aria}
      disabled={props.disabled}
      title={props.title}
      onClick={props.onPress}
    >
      {props.icon} <span>{props.text}</span> {hint && <Keys caps={hint.caps} />}
    </button>
  );
}

/** One action, with what it means for later inspections said before. */
function FileAsGood() {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const hint = useKeyHint('fileAsGood');
  const state = useStudioState(filing);
  const category = useStudioState((studio) => studio.current?.category ?? '');
  if (state === 'impossible') return null;
  if (state === 'filed') return <p className="decision-filed">{t('file.filed', { category })}</p>;
  return (
    <div className="decision-file">
      <button
        type="button"
        className="button"
        aria-keyshortcuts={hint?.aria}
        aria-describedby="file-warning"
        onClick={() => void fileAsGood(context)}
      >
        <LibraryBig size={15} /> <span>{t('file.add', { category })}</span> {hint && <Keys caps={hint.caps} />}
      </button>
      <p id="file-warning">{t('file.warning')}</p>
    </div>
  );
}

/** Who decided when, taking it back, and whether the next undecided run comes by itself. */
function Foot({ verdict, runId }: { readonly verdict: Verdict; readonly runId: string }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const decision = useStudioState((state) => state.decisions[runId]);
  const autoAdvance = usePreferences((preferences) => preferences.autoAdvance);
  const isOutdated = useMemo(() => decidedOnAnother(verdict, decision), [verdict, decision]);
  const isAgainst =
    decision &&
    disagrees(
      {
        label: verdict.status === 'complete' ? verdict.verdict.label : null,
        agentSays: verdict.agentAnswer ? (verdict.agentAnswer.anomaly_present ? 'anomalous' : 'normal') : null,
      },
      decision,
    );
  return (
    <div className="decision-foot">
      {isOutdated && (
        <p className="decision-outdated" role="status">
          <TriangleAlert size={14} /> <span>{t('decision.outdated')}</span>
        </p>
      )}
      {decision && (
        <p>
          {decision.author
            ? t('decision.by', { author: decision.author, date: formatDate(new Date(decision.at)) })
            : t('decision.at', { date: formatDate(new Date(decision.at)) })}
          {isAgainst && <strong> {t('decision.against')}</strong>}
          <button type="button" className="link" onClick={() => void clearDecision(context)}>
            <Undo2 size={13} /> {t('decision.clear')}
          </button>
        </p>
      )}
      <label>
        <input
          type="checkbox"
          checked={autoAdvance}
          onChange={(event) => context.preferences.setState({ autoAdvance: event.currentTarget.checked })}
        />
        {t('decision.autoAdvance')}
      </label>
    </div>
  );
}

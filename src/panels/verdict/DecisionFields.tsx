/** What can be added to a decision: the kind of defect, a note, and who decided. */
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { amendDecision, signDecisions } from '../../state/actions/decide.ts';
import type { DecisionRecord } from '../../storage/schema.ts';
import { usePreferences, useStudio, useStudioState } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import { PAUSE_MS, useKeptText } from './useKeptText.ts';

/** Own words or one of the types that were looked for; kept as they are written. Give each run its own. */
export function DefectType({
  decision,
  types,
}: {
  readonly decision: DecisionRecord;
  readonly types: readonly string[];
}) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const list = useId();
  const { runId } = decision;
  const field = useKeptText(decision.type ?? '', (text) => {
    const { current } = context.store.getState();
    if (current?.runId === runId) void amendDecision(context, { type: text.trim() || null });
  });
  return (
    <label className="decision-field">
      <span>{t('decision.type')}</span>
      <input
        {...field}
        type="text"
        list={list}
        placeholder={t('decision.typeHint')}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <datalist id={list}>
        {types.map((type) => (
          <option key={type} value={type}>
            {typeWords(type)}
          </option>
        ))}
      </datalist>
    </label>
  );
}

/** The note, written on request; kept as it is written, closed by Enter, and by Esc as it was. */
export function Note({ decision }: { readonly decision: DecisionRecord }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const noting = useStudioState((state) => state.noting);
  if (!noting)
    return (
      <button type="button" className="decision-note-text" onClick={() => context.store.setState({ noting: true })}>
        {decision.note}
      </button>
    );
  return <NoteEditor key={decision.runId} decision={decision} label={t('decision.noteLabel')} />;
}

function NoteEditor({ decision, label }: { readonly decision: DecisionRecord; readonly label: string }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const author = usePreferences((preferences) => preferences.author);
  const signature = useKeptText(author, (name) => void signDecisions(context, name.trim()));
  const [text, setText] = useState(decision.note ?? '');
  const before = useRef(decision.note);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { runId } = decision;
  const amend = useCallback(
    (note: string | null) => {
      const { current } = context.store.getState();
      if (current?.runId === runId) void amendDecision(context, { note: note?.trim() || null });
    },
    [context, runId],
  );
  useEffect(() => {
    const timer = setTimeout(() => amend(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [amend, text]);
  const close = (note: string | null) => {
    amend(note);
    context.store.setState({ noting: false });
  };
  return (
    <div className="decision-note-editor">
      <textarea
        ref={field}
        rows={2}
        aria-label={label}
        placeholder={t('decision.noteHint')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close(before.current);
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          close(text);
        }}
        onBlur={() => context.store.getState().noting && amend(text)}
      />
      <div>
        <label className="decision-field">
          <span>{t('decision.author')}</span>
          <input {...signature} type="text" placeholder={t('decision.authorHint')} />
        </label>
        <button type="button" className="button button-primary" onClick={() => close(text)}>
          {t('decision.keepNote')}
        </button>
      </div>
    </div>
  );
}

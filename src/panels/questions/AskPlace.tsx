/** Point and ask: a box drawn on the picture, or given in numbers; the agent looks there and goes on to an answer. */
import { SquareDashedMousePointer } from 'lucide-react';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Box } from '@agentiad/core/image/box.ts';
import { requestBox } from '../../stage/stageCommands.ts';
import { askAgain } from '../../state/actions/ask.ts';
import { numberOf, stepToAskAfter } from '../../state/askable.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';

const SIDES = ['left', 'top', 'right', 'bottom'] as const;

export function AskPlace({ isIdle }: { readonly isIdle: boolean }) {
  const context = useStudio();
  const { t } = useTranslation('questions');
  const turn = useTurn();
  const current = useStudioState((state) => state.current);
  const after = current && stepToAskAfter(current, turn);
  const [isDrawing, setDrawing] = useState(false);
  const callOff = useRef<(() => void) | null>(null);
  useEffect(() => () => callOff.current?.(), []);
  if (!current) return null;

  const ask = (box: Box) => void askAgain(context, { kind: 'asked', box, after });
  const draw = () => {
    if (isDrawing) {
      callOff.current?.();
      return setDrawing(false);
    }
    setDrawing(true);
    callOff.current = requestBox({
      onBox: (box) => {
        setDrawing(false);
        ask(box);
      },
      onCancel: () => setDrawing(false),
    });
  };
  const step = numberOf(current.trace?.steps ?? [], after);
  return (
    <div className="question" role="group" aria-labelledby="question-place">
      <h3 id="question-place">{t('place.title')}</h3>
      <p>{t('place.text')}</p>
      <div className="question-actions">
        <button type="button" className="button" onClick={draw} disabled={!isIdle} aria-pressed={isDrawing}>
          <SquareDashedMousePointer size={15} /> {isDrawing ? t('place.callOff') : t('place.draw')}
        </button>
        {isIdle && <span className="question-where">{t('place.after', { count: step, step })}</span>}
      </div>
      <details className="question-numbers">
        <summary>{t('place.numbers')}</summary>
        <BoxForm size={current.size} isIdle={isIdle} onBox={ask} />
      </details>
    </div>
  );
}

/** The same place without a mouse. */
function BoxForm(props: {
  readonly size: { readonly width: number; readonly height: number };
  readonly isIdle: boolean;
  readonly onBox: (box: Box) => void;
}) {
  const { t } = useTranslation('questions');
  const { width, height } = props.size;
  const [box, setBox] = useState<Box>([0, 0, width, height]);
  const id = useId();
  const isBox = box.every(Number.isFinite) && box[0] < box[2] && box[1] < box[3];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBox && props.isIdle) props.onBox(box);
  };
  return (
    <form className="box-form" onSubmit={submit}>
      {SIDES.map((side, index) => (
        <label key={side} htmlFor={`${id}-${side}`}>
          {t(`place.${side}`)}
          <input
            id={`${id}-${side}`}
            type="number"
            min={0}
            max={index % 2 === 0 ? width : height}
            required
            value={Number.isFinite(box[index]) ? box[index] : ''}
            onChange={({ currentTarget }) => setBox(box.with(index, currentTarget.valueAsNumber) as unknown as Box)}
          />
        </label>
      ))}
      <button type="submit" className="button" disabled={!props.isIdle || !isBox}>
        {t('place.ask')}
      </button>
      {!isBox && <p role="alert">{t('place.noBox')}</p>}
    </form>
  );
}

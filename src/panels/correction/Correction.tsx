/** Correcting the boxes of a verdict: begun beside the decision, drawn on the stage, and the same boxes as a list. */
import { BoxSelect, Check, Plus, Trash2, Undo2 } from 'lucide-react';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { formatDate } from '../../i18n/words.ts';
import {
  addCorrected,
  beginCorrecting,
  changeCorrected,
  confirmCorrection,
  corrected,
  dropCorrection,
  labelCorrected,
  removeCorrected,
  selectCorrected,
} from '../../state/actions/correct.ts';
import type { CorrectedRegion } from '../../state/correction.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import { useKeyHint } from '../../ui/keyHints.ts';
import { Keys } from '../../ui/Keys.tsx';
import './correction.css';

/** Begins, and tells what was kept, box by box in the hue it has on the stage. */
export function CorrectionStart({ runId }: { readonly runId: string }) {
  const context = useStudio();
  const { t } = useTranslation('correction');
  const kept = useStudioState((state) => state.corrections[runId]);
  const hint = useKeyHint('correct');
  const edit = (index: number) => {
    beginCorrecting(context);
    selectCorrected(context, index);
  };
  return (
    <div className="correction-begin">
      <button type="button" className="button" aria-keyshortcuts={hint?.aria} onClick={() => beginCorrecting(context)}>
        <BoxSelect size={15} /> <span>{t('begin')}</span> {hint && <Keys caps={hint.caps} />}
      </button>
      {kept && (
        <p>
          {t(kept.label === 'normal' ? 'keptGood' : 'kept', { count: kept.regions.length })}{' '}
          {kept.author
            ? t('by', { author: kept.author, date: formatDate(new Date(kept.at)) })
            : formatDate(new Date(kept.at))}
        </p>
      )}
      {kept && kept.regions.length > 0 && (
        <ol className="correction-kept" aria-label={t('keptBoxes')}>
          {kept.regions.map(({ box: [x1, y1, x2, y2], type }, index) => (
            <li key={index}>
              <button type="button" title={t('edit')} onClick={() => edit(index)}>
                <span className="correction-number">{index + 1}</span> {type === null ? t('unknown') : typeWords(type)}{' '}
                <span className="region-box">{t('verdict:box', { x1, x2, y1, y2 })}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Null unless the boxes of this run are being corrected. */
export function CorrectionEditor({ verdict, runId }: { readonly verdict: Verdict; readonly runId: string }) {
  const isOn = useStudioState((state) => state.correcting?.runId === runId);
  const isKept = useStudioState((state) => state.corrections[runId] !== undefined);
  return isOn && <Editor types={verdict.settings.types} isKept={isKept} />;
}

function Editor({ types, isKept }: { readonly types: readonly string[]; readonly isKept: boolean }) {
  const context = useStudio();
  const { t } = useTranslation('correction');
  const title = useId();
  const current = useStudioState((state) => state.current);
  const correcting = useStudioState((state) => state.correcting);
  const corrections = useStudioState((state) => state.corrections);
  const decisions = useStudioState((state) => state.decisions);
  const content = useMemo(
    () => corrected({ current, correcting, corrections, decisions }),
    [current, correcting, corrections, decisions],
  );
  const selected = useStudioState((state) => state.correcting?.selected ?? null);
  if (!content) return null;
  const { label, regions } = content;
  return (
    <section className="correction" aria-labelledby={title}>
      <header>
        <h3 id={title}>{t('title')}</h3>
        <div className="correction-label" role="radiogroup" aria-label={t('label')}>
          {(['normal', 'anomalous'] as const).map((option) => (
            <button
              key={option}
              type="button"
              role="radio"
              aria-checked={label === option}
              onClick={() => void labelCorrected(context, option)}
            >
              {t(`is.${option}`)}
            </button>
          ))}
        </div>
      </header>
      <p className="correction-hint">{t(label === 'normal' ? 'hintGood' : 'hint')}</p>
      {regions.length > 0 && (
        <ol aria-label={t('boxes')}>
          {regions.map((region, index) => (
            <BoxRow key={index} region={region} index={index} types={types} isSelected={index === selected} />
          ))}
        </ol>
      )}
      <footer>
        {label === 'anomalous' && (
          <button type="button" className="button" onClick={() => void addCorrected(context)}>
            <Plus size={15} /> <span>{t('add')}</span>
          </button>
        )}
        {isKept && (
          <button type="button" className="link" onClick={() => void dropCorrection(context)}>
            <Undo2 size={13} /> {t('drop')}
          </button>
        )}
        <button type="button" className="button button-primary" onClick={() => void confirmCorrection(context)}>
          <Check size={15} /> <span>{t('keep')}</span>
        </button>
      </footer>
    </section>
  );
}

function BoxRow({
  region: { box, type },
  index,
  types,
  isSelected,
}: {
  readonly region: CorrectedRegion;
  readonly index: number;
  readonly types: readonly string[];
  readonly isSelected: boolean;
}) {
  const context = useStudio();
  const { t } = useTranslation('correction');
  const number = index + 1;
  const [x1, y1, x2, y2] = box;
  const known = type === null || types.includes(type) ? types : [...types, type];
  return (
    <li className={isSelected ? 'is-selected' : undefined}>
      <button
        type="button"
        className="correction-box"
        aria-pressed={isSelected}
        aria-label={t('box', { number, x1, y1, x2, y2 })}
        onClick={() => selectCorrected(context, isSelected ? null : index)}
      >
        <strong>{number}</strong>
        <span>
          {x2 - x1} × {y2 - y1}
        </span>
      </button>
      <select
        aria-label={t('type', { number })}
        value={type ?? ''}
        onFocus={() => selectCorrected(context, index)}
        onChange={(event) => void changeCorrected(context, index, { type: event.currentTarget.value || null })}
      >
        <option value="">{t('unknown')}</option>
        {known.map((option) => (
          <option key={option} value={option}>
            {typeWords(option)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="correction-delete"
        aria-label={t('delete', { number })}
        title={t('delete', { number })}
        onClick={() => void removeCorrected(context, index)}
      >
        <Trash2 size={15} />
      </button>
    </li>
  );
}

/** The fast path as it is; it is switched on and off where its effect is shown. */
import { useTranslation } from 'react-i18next';
import type { Triage } from '@agentiad/core/protocol/recipe.ts';
import { formatNumber } from '../../i18n/words.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { useStudio } from '../../state/useStudio.ts';
import { Field } from './Field.tsx';

export function TriageField({ triage }: { readonly triage: Triage | null }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const shown = (value: number) => formatNumber(value, { maximumFractionDigits: 2 });
  return (
    <Field name={t('triage.name')} isGroup>
      {() => (
        <p className="recipe-triage">
          {triage ? t('triage.on', { low: shown(triage.low), high: shown(triage.high) }) : t('triage.off')}{' '}
          <button type="button" className="link" onClick={() => showLibraryTab(context, 'validation', 'fastPath')}>
            {t('triage.where')}
          </button>
        </p>
      )}
    </Field>
  );
}

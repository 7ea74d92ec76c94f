/** The health of all good parts in one line, for while some of them are picked; pressed, it shows all that was found. */
import { Check, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { pickNone } from '../../state/actions/grid.ts';
import { findingsOfLibrary } from '../../state/libraryHealth.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { FEW } from './health.ts';

export function HealthLine(props: { readonly category: string; readonly exemplars: readonly ExemplarRecord[] }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const { category, exemplars } = props;
  const health = useStudioState((state) => state.health[category] ?? null);
  const odd = useMemo(
    () => findingsOfLibrary(exemplars, health, FEW).filter(({ kind }) => kind !== 'off'),
    [exemplars, health],
  );
  const [worst] = odd;
  const isLooking = !worst && (health === null || health.isRunning);
  const words = worst
    ? t(`finding.${worst.kind}`, { count: worst.ids.length, few: FEW })
    : t(isLooking ? 'healthRunning' : 'healthFine');
  return (
    <button
      type="button"
      className={worst ? 'health-line health-line-odd' : 'health-line'}
      title={t('healthShow')}
      onClick={() => pickNone(context)}
    >
      {worst ? <TriangleAlert size={15} /> : isLooking ? <LoaderCircle size={15} /> : <Check size={15} />}
      <span>
        <strong>{t('healthTitle')}:</strong> {words}
        {odd.length > 1 && ` ${t('healthMore', { count: odd.length - 1 })}`}
      </span>
    </button>
  );
}

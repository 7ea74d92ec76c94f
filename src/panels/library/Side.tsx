/** Beside the grid: the health of all, what is known of the good part that is picked, or what can be done with several. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { HealthLine } from './HealthLine.tsx';
import { HealthOfLibrary } from './HealthOfLibrary.tsx';
import { OneExemplar } from './OneExemplar.tsx';
import { SeveralExemplars } from './SeveralExemplars.tsx';

export function Side(props: { readonly category: string; readonly exemplars: readonly ExemplarRecord[] }) {
  const { exemplars } = props;
  const { t } = useTranslation('library');
  const selected = useStudioState((state) => state.grid.selected);
  const picked = useMemo(() => exemplars.filter(({ id }) => selected.has(id)), [exemplars, selected]);
  const [only, second] = picked;
  return (
    <aside className="exemplars-side" aria-label={t('details')}>
      {only !== undefined && <HealthLine {...props} />}
      {only === undefined ? (
        <HealthOfLibrary {...props} />
      ) : second === undefined ? (
        <OneExemplar key={only.id} exemplar={only} />
      ) : (
        <SeveralExemplars exemplars={picked} />
      )}
    </aside>
  );
}

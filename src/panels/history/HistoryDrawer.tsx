/** Finished inspections, newest first; each opens in replay. One click shows where model and human disagree. */
import { useMemo, useState } from 'react';
import { Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '../../storage/schema.ts';
import { filterRuns } from '../../state/decisions.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { UndoToast } from '../notices/UndoToast.tsx';
import { HistoryFilters } from './HistoryFilters.tsx';
import { RunRow } from './RunRow.tsx';
import './history.css';

export function HistoryDrawer() {
  const context = useStudio();
  const { t } = useTranslation('history');
  const history = useStudioState((state) => state.history);
  const decisions = useStudioState((state) => state.decisions);
  const filter = useStudioState((state) => state.historyFilter);
  const [query, setQuery] = useState('');
  const runs = useMemo(
    () => filterRuns({ history, decisions }, filter).filter((run) => isFound(run, query)),
    [history, decisions, filter, query],
  );
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => context.store.setState({ drawer: null })}>
      {history.length > 0 && (
        <>
          <label className="history-search">
            <Search size={15} />
            <input
              type="search"
              data-search
              aria-label={t('search')}
              placeholder={t('search')}
              value={query}
              onChange={(event) => setQuery(event.currentTarget.value)}
            />
          </label>
          <HistoryFilters />
        </>
      )}
      {runs.length === 0 && (
        <p className="history-empty">
          {history.length === 0 ? t('empty') : query === '' ? t(`none.${filter}`) : t('notFound', { query })}
        </p>
      )}
      <ul className="history">
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
      <UndoToast />
    </Drawer>
  );
}

/** By name of the file or kind of part. */
function isFound({ name, category }: RunRecord, query: string): boolean {
  const wanted = query.trim().toLocaleLowerCase();
  return `${name} ${category ?? ''}`.toLocaleLowerCase().includes(wanted);
}

/** Finished inspections, newest first; each opens in replay. One click shows where model and human disagree. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { filterRuns } from '../../state/decisions.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { HistoryFilters } from './HistoryFilters.tsx';
import { RunRow } from './RunRow.tsx';
import './history.css';

export function HistoryDrawer() {
  const context = useStudio();
  const { t } = useTranslation('history');
  const history = useStudioState((state) => state.history);
  const decisions = useStudioState((state) => state.decisions);
  const filter = useStudioState((state) => state.historyFilter);
  const runs = useMemo(() => filterRuns({ history, decisions }, filter), [history, decisions, filter]);
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => context.store.setState({ drawer: null })}>
      {history.length > 0 && <HistoryFilters />}
      {runs.length === 0 && <p className="history-empty">{t(history.length === 0 ? 'empty' : `none.${filter}`)}</p>}
      <ul className="history">
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </Drawer>
  );
}

/** Finished inspections, newest first; each opens in replay. One click shows where model and human disagree. */
import { useMemo, useState } from 'react';
import { Download, Images, Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '../../storage/schema.ts';
import { saveHistory } from '../../state/actions/historyFile.ts';
import { saveLabelledSet } from '../../state/actions/labelledSet.ts';
import { filterRuns } from '../../state/decisions.ts';
import { PART_FIELDS } from '../../state/partFields.ts';
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
          <div className="history-bar">
            <HistoryFilters />
            {(['csv', 'json'] as const).map((as) => (
              <button
                key={as}
                type="button"
                className="link"
                disabled={runs.length === 0}
                onClick={() => saveHistory(context, runs, as)}
              >
                <Download size={14} /> {t(`save.${as}`)}
              </button>
            ))}
            <button
              type="button"
              className="link"
              disabled={runs.length === 0}
              onClick={() => void saveLabelledSet(context, runs, { withGoodParts: true })}
            >
              <Images size={14} /> {t('save.set')}
            </button>
          </div>
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

/** By every word, in the name of the file, kind of part, recipe, part, lot, station or operator. */
function isFound({ name, category, recipe, part }: RunRecord, query: string): boolean {
  const about = [name, category, recipe?.name, ...PART_FIELDS.map((field) => part[field])];
  const text = about.join('\n').toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((wanted) => text.includes(wanted));
}

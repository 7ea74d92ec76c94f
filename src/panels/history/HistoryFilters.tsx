/** Which runs are listed, each choice with its count. */
import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { useTranslation } from 'react-i18next';
import { filterRuns } from '../../state/decisions.ts';
import type { HistoryFilter } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import '../../ui/choice.css';

const FILTERS: readonly HistoryFilter[] = ['all', 'undecided', 'disagreements', 'validation'];

export function HistoryFilters() {
  const { store } = useStudio();
  const { t } = useTranslation('history');
  const history = useStudioState((state) => state.history);
  const decisions = useStudioState((state) => state.decisions);
  const filter = useStudioState((state) => state.historyFilter);
  const choose = (value: string) => {
    const chosen = FILTERS.find((known) => known === value);
    if (chosen) store.setState({ historyFilter: chosen });
  };
  return (
    <ToggleGroup.Root
      className="choice history-filters"
      type="single"
      value={filter}
      aria-label={t('filters')}
      onValueChange={choose}
    >
      {FILTERS.map((value) => (
        <ToggleGroup.Item key={value} value={value}>
          {t(`filter.${value}`)} <span>{filterRuns({ history, decisions }, value).length}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

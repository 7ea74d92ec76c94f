/** The right column: the verdict over the tabs. A finished verdict shares the height with them as somebody dragged it. */
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Notices } from '../../panels/notices/Notices.tsx';
import { VerdictCard } from '../../panels/verdict/VerdictCard.tsx';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ErrorBoundary, reportError } from '../ErrorBoundary.tsx';
import { SideTabs } from './SideTabs.tsx';

/** Percent of the column's height that the verdict has until somebody drags. */
const VERDICT = 62;
/** CSS pixels. */
const LEAST = { verdict: 190, tabs: 120 } as const;

export function SideColumn() {
  const { preferences } = useStudio();
  const { t } = useTranslation('workbench');
  const isFinished = useStudioState((state) => state.current?.run.verdict != null);
  if (!isFinished)
    return (
      <aside className="workbench-side">
        <Notices />
        <Verdict />
        <SideTabs />
      </aside>
    );
  return (
    <aside className="workbench-side">
      <Notices />
      <Group
        className="workbench-split"
        orientation="vertical"
        onLayoutChanged={(layout) => {
          const share = layout['workbench-verdict'];
          if (share !== undefined) preferences.setState({ verdictShare: share / 100 });
        }}
      >
        <Panel
          id="workbench-verdict"
          className="workbench-verdict"
          defaultSize={`${(preferences.getState().verdictShare ?? VERDICT / 100) * 100}%`}
          minSize={LEAST.verdict}
        >
          <Verdict />
        </Panel>
        <Separator className="workbench-separator workbench-separator-flat" aria-label={t('resizeVerdict')} />
        <Panel id="workbench-tabs" className="workbench-tabs" minSize={LEAST.tabs}>
          <SideTabs />
        </Panel>
      </Group>
    </aside>
  );
}

export function Verdict() {
  const { t } = useTranslation('workbench');
  return (
    <ErrorBoundary name={t('verdict')} onError={reportError}>
      <VerdictCard />
    </ErrorBoundary>
  );
}

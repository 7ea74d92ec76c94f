/** The workbench: stage on the left, verdict and tabs on the right; on a narrow page one of them at a time. */
import * as Tabs from '@radix-ui/react-tabs';
import { Gavel, Image, ListTree } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Notices } from '../../panels/notices/Notices.tsx';
import { PartBar } from '../../panels/partBar/PartBar.tsx';
import { QueueStrip } from '../../panels/queue/QueueStrip.tsx';
import { Transport } from '../../panels/transport/Transport.tsx';
import { Stage } from '../../stage/Stage.tsx';
import { showNarrowPane } from '../../state/actions/view.ts';
import type { NarrowPane } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { NARROW_PAGE, useMedia } from '../../ui/useMedia.ts';
import { ErrorBoundary, reportError } from '../ErrorBoundary.tsx';
import { SideColumn, Verdict } from './SideColumn.tsx';
import { SideTabs } from './SideTabs.tsx';
import './workbench.css';

/** CSS pixels of the right column. */
const SIDE = { min: 340, default: 400, max: 460 } as const;

const PANES: readonly { readonly id: NarrowPane; readonly Icon: typeof Image }[] = [
  { id: 'image', Icon: Image },
  { id: 'steps', Icon: ListTree },
  { id: 'verdict', Icon: Gavel },
];

export function Workbench({ runId }: { readonly runId: string }) {
  const isNarrow = useMedia(NARROW_PAGE);
  return isNarrow ? <NarrowWorkbench runId={runId} /> : <WideWorkbench runId={runId} />;
}

function WideWorkbench({ runId }: { readonly runId: string }) {
  const { preferences } = useStudio();
  const { t } = useTranslation('workbench');
  return (
    <Group
      className="workbench"
      orientation="horizontal"
      onLayoutChanged={() => {
        const width = document.getElementById('workbench-side')?.offsetWidth ?? 0;
        if (width > 0) preferences.setState({ sideWidth: width });
      }}
    >
      <Panel id="workbench-stage" minSize={480}>
        <StageColumn runId={runId} />
      </Panel>
      <Separator className="workbench-separator" aria-label={t('resize')} />
      <Panel
        id="workbench-side"
        defaultSize={preferences.getState().sideWidth ?? SIDE.default}
        minSize={SIDE.min}
        maxSize={SIDE.max}
        groupResizeBehavior="preserve-pixel-size"
      >
        <SideColumn />
      </Panel>
    </Group>
  );
}

function NarrowWorkbench({ runId }: { readonly runId: string }) {
  const context = useStudio();
  const { t } = useTranslation('workbench');
  const shown = useStudioState((state) => state.narrowPane);
  return (
    <Tabs.Root
      className="workbench workbench-narrow"
      value={shown}
      onValueChange={(pane) => showNarrowPane(context, pane as NarrowPane)}
    >
      <Notices />
      <Tabs.List className="tab-list" aria-label={t('panes')}>
        {PANES.map(({ id, Icon }) => (
          <Tabs.Trigger key={id} className="tab" value={id}>
            <Icon size={15} /> {t(`pane.${id}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {/* The picture stays where it is, with its camera, while another pane is looked at. */}
      <Tabs.Content className="workbench-pane" value="image" tabIndex={-1} forceMount hidden={shown !== 'image'}>
        <StageColumn runId={runId} />
      </Tabs.Content>
      <Tabs.Content className="workbench-pane" value="steps" tabIndex={-1}>
        <SideTabs />
      </Tabs.Content>
      <Tabs.Content className="workbench-pane" value="verdict" tabIndex={-1}>
        <Verdict />
      </Tabs.Content>
    </Tabs.Root>
  );
}

function StageColumn({ runId }: { readonly runId: string }) {
  const { t } = useTranslation('workbench');
  return (
    <div className="workbench-stage">
      <PartBar />
      <ErrorBoundary name={t('picture')} onError={reportError}>
        {/* A new inspection starts with a camera that follows it. */}
        <Stage key={runId} />
      </ErrorBoundary>
      <Transport />
      <QueueStrip />
    </div>
  );
}

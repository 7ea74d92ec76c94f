/** The tabs under the verdict: what the agent did, what it was asked, and what it received. One line a tab. */
import * as Tabs from '@radix-ui/react-tabs';
import { Eye, ListTree, MessageCircleQuestion } from 'lucide-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { ModelEye } from '../../panels/modelEye/ModelEye.tsx';
import { Questions } from '../../panels/questions/Questions.tsx';
import { Steps } from '../../panels/steps/Steps.tsx';
import { showSideTab } from '../../state/actions/view.ts';
import type { SideTab } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ErrorBoundary, reportError } from '../ErrorBoundary.tsx';

const TABS: readonly { readonly id: SideTab; readonly Icon: typeof Eye; readonly Panel: ComponentType }[] = [
  { id: 'steps', Icon: ListTree, Panel: Steps },
  { id: 'questions', Icon: MessageCircleQuestion, Panel: Questions },
  { id: 'eye', Icon: Eye, Panel: ModelEye },
];

export function SideTabs() {
  const context = useStudio();
  const { t } = useTranslation('workbench');
  const shown = useStudioState((state) => state.sideTab);
  return (
    <Tabs.Root className="side-tabs" value={shown} onValueChange={(tab) => showSideTab(context, tab as SideTab)}>
      <Tabs.List className="tab-list" aria-label={t('tabs')}>
        {TABS.map(({ id, Icon }) => (
          <Tabs.Trigger key={id} className="tab" value={id}>
            <Icon size={15} /> {t(`tab.${id}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {TABS.map(({ id, Panel }) => (
        <Tabs.Content key={id} className="side-panel" value={id} tabIndex={-1}>
          <ErrorBoundary name={t(`tab.${id}`)} onError={reportError}>
            <Panel />
          </ErrorBoundary>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

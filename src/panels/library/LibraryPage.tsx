/**
 * Everything of a kind of part on one page: left the kinds, right what belongs to the one that is chosen. Each tab's code
 * is fetched when it is first shown.
 */
import * as Tabs from '@radix-ui/react-tabs';
import { lazy, Suspense, useState, type ComponentType, type DragEvent, type LazyExoticComponent } from 'react';
import { useTranslation } from 'react-i18next';
import { pickNone } from '../../state/actions/grid.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import type { LibraryTab } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { PagePanel } from '../../ui/PagePanel.tsx';
import { Notices } from '../notices/Notices.tsx';
import { UndoToast } from '../notices/UndoToast.tsx';
import { CategoryForm } from './CategoryForm.tsx';
import { Exemplars } from './Exemplars.tsx';
import { Kinds } from './Kinds.tsx';
import './library.css';

type Panel = ComponentType<{ readonly category: string }>;

const TABS: readonly { readonly id: LibraryTab; readonly Panel: Panel | LazyExoticComponent<Panel> }[] = [
  { id: 'exemplars', Panel: Exemplars },
  { id: 'recipe', Panel: lazy(async () => ({ default: (await import('../recipe/RecipeTab.tsx')).RecipeTab })) },
  {
    id: 'validation',
    Panel: lazy(async () => ({ default: (await import('../validation/ValidationTab.tsx')).ValidationTab })),
  },
  { id: 'versions', Panel: lazy(async () => ({ default: (await import('../recipe/VersionsTab.tsx')).VersionsTab })) },
];

const Importing = lazy(async () => ({ default: (await import('../importing/Importing.tsx')).Importing }));

function ignore(event: DragEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

export function LibraryPage() {
  const context = useStudio();
  const { t } = useTranslation('library');
  const categories = useStudioState((state) => state.categories);
  const category = useStudioState((state) => state.category);
  const tab = useStudioState((state) => state.libraryTab);
  const importing = useStudioState((state) => state.importing);
  const [making, setMaking] = useState(categories.length === 0);
  const shown = making ? null : (categories.find((known) => known.name === category) ?? null);
  return (
    <PagePanel
      title={t('title')}
      description={t('description')}
      onClose={() => context.store.setState({ drawer: null })}
      onEscape={() => tab === 'exemplars' && pickNone(context)}
    >
      {/* What is dropped beside the places for it is not inspected behind this page. */}
      <div className="library" onDragEnter={ignore} onDragOver={ignore} onDrop={ignore}>
        <Kinds making={making} onMake={setMaking} />
        <div className="library-main">
          <Notices />
          {importing !== null ? (
            <Suspense fallback={null}>
              <Importing importing={importing} />
            </Suspense>
          ) : shown === null ? (
            <CategoryForm onDone={() => setMaking(false)} />
          ) : (
            <Tabs.Root
              className="library-tabs"
              value={TABS.some(({ id }) => id === tab) ? tab : 'exemplars'}
              onValueChange={(value) => showLibraryTab(context, value as LibraryTab)}
            >
              <Tabs.List className="tab-list" aria-label={shown.name}>
                {TABS.map(({ id }) => (
                  <Tabs.Trigger key={id} className="tab" value={id}>
                    {t(`tab.${id}`)}
                  </Tabs.Trigger>
                ))}
              </Tabs.List>
              {TABS.map(({ id, Panel }) => (
                <Tabs.Content key={id} className="library-tab" value={id} tabIndex={-1}>
                  <Suspense fallback={null}>
                    <Panel key={shown.name} category={shown.name} />
                  </Suspense>
                </Tabs.Content>
              ))}
            </Tabs.Root>
          )}
        </div>
      </div>
      <UndoToast />
    </PagePanel>
  );
}

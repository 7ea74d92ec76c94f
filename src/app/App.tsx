/** The page: top bar, the workbench or the start screen; files can be dropped or pasted anywhere. */
import { lazy, Suspense, useEffect } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { HistoryDrawer } from '../panels/history/HistoryDrawer.tsx';
import { ModelsDrawer } from '../panels/models/ModelsDrawer.tsx';
import { Notices } from '../panels/notices/Notices.tsx';
import { UndoToast } from '../panels/notices/UndoToast.tsx';
import { QueueStrip } from '../panels/queue/QueueStrip.tsx';
import { Start } from '../panels/start/Start.tsx';
import { ReadOnlyBanner } from '../panels/storage/ReadOnlyBanner.tsx';
import { addFiles } from '../state/actions/intake.ts';
import { keepWaiting } from '../state/actions/keepRecipe.ts';
import { joinAgain } from '../state/actions/tabs.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { FocusVerdict } from './FocusVerdict.tsx';
import { Keyboard } from './keyboard/Keyboard.tsx';
import { LiveRegion } from './LiveRegion.tsx';
import { StatusBar } from './statusBar/StatusBar.tsx';
import { TopBar } from './topBar/TopBar.tsx';
import './app.css';

/** The stage and all beside it: not needed to show the first drop target, fetched as soon as that is there. */
const loadWorkbench = async () => ({ default: (await import('./workbench/Workbench.tsx')).Workbench });
const Workbench = lazy(loadWorkbench);
const loadLibrary = async () => ({ default: (await import('../panels/library/LibraryPage.tsx')).LibraryPage });
const LibraryPage = lazy(loadLibrary);
const ExportDrawer = lazy(async () => ({ default: (await import('./export/ExportDrawer.tsx')).ExportDrawer }));
const loadPalette = async () => ({ default: (await import('./palette/Palette.tsx')).Palette });
const Palette = lazy(loadPalette);
const CameraDialog = lazy(async () => ({ default: (await import('../panels/camera/CameraDialog.tsx')).CameraDialog }));
const SettingsDrawer = lazy(async () => ({ default: (await import('./settings/SettingsDrawer.tsx')).SettingsDrawer }));
const RecipeOfferDialog = lazy(async () => ({
  default: (await import('../panels/recipe/RecipeOfferDialog.tsx')).RecipeOfferDialog,
}));
const StorageDrawer = lazy(async () => ({
  default: (await import('../panels/storage/StorageDrawer.tsx')).StorageDrawer,
}));
const ShortcutSheet = lazy(async () => ({ default: (await import('./keyboard/ShortcutSheet.tsx')).ShortcutSheet }));

export function App() {
  return (
    <TooltipProvider delayDuration={500}>
      <Keyboard>
        <Page />
      </Keyboard>
    </TooltipProvider>
  );
}

function Page() {
  const context = useStudio();
  const runId = useStudioState((state) => state.current?.runId ?? null);
  const drawer = useStudioState((state) => state.drawer);
  const recipeOffer = useStudioState((state) => state.recipeOffer);
  const camera = useStudioState((state) => state.camera);
  const reading = useStudioState((state) => state.reading);
  const { t } = useTranslation('app');
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (files) => void addFiles(context, files),
  });

  useEffect(() => {
    // Nothing typed right after a key is to be lost; a failure is told where the part is wanted.
    context.host.whenIdle(() => void Promise.all([loadWorkbench(), loadPalette(), loadLibrary()]).catch(() => {}));
  }, [context]);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || context.store.getState().drawer !== null) return;
      event.preventDefault();
      void addFiles(context, files);
    };
    // Another tab may have written meanwhile, or be gone; a page that is left may not come back.
    const onVisible = () => {
      if (!document.hidden) void joinAgain(context);
      else void keepWaiting(context);
    };
    window.addEventListener('paste', onPaste);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      window.removeEventListener('paste', onPaste);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [context]);

  return (
    <div {...getRootProps({ className: 'app', role: undefined, tabIndex: undefined })}>
      <input {...getInputProps({ 'aria-label': t('fileInput') })} />
      <TopBar />
      <ReadOnlyBanner />
      {runId !== null ? (
        <main className="main">
          <Suspense fallback={null}>
            <Workbench runId={runId} />
          </Suspense>
        </main>
      ) : (
        <main className="main main-start">
          <Notices />
          <Start onChoose={open} />
          <QueueStrip />
        </main>
      )}
      <StatusBar />
      {reading > 0 && <p className="reading">{t('reading', { count: reading })}</p>}
      {isDragActive && (
        <div className="drop-veil" aria-hidden="true">
          <p>{t('drop')}</p>
        </div>
      )}
      {drawer === 'history' && <HistoryDrawer />}
      {drawer === 'models' && <ModelsDrawer />}
      {drawer === null && <UndoToast />}
      <Suspense fallback={null}>
        {drawer === 'library' && <LibraryPage />}
        {camera && <CameraDialog {...camera} />}
        {drawer === 'settings' && <SettingsDrawer />}
        {drawer === 'keyboard' && <ShortcutSheet />}
        {drawer === 'palette' && <Palette />}
        {drawer === 'export' && <ExportDrawer />}
        {drawer === 'storage' && <StorageDrawer />}
        {recipeOffer && <RecipeOfferDialog offer={recipeOffer} />}
      </Suspense>
      <LiveRegion />
      <FocusVerdict />
    </div>
  );
}

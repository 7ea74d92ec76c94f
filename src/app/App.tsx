/** The page: top bar, stage on the left, verdict and steps on the right; files can be dropped or pasted anywhere. */
import { useEffect, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useHotkeys } from 'react-hotkeys-hook';
import { HistoryDrawer } from '../panels/history/HistoryDrawer.tsx';
import { LibraryDrawer } from '../panels/library/LibraryDrawer.tsx';
import { ModelsDrawer } from '../panels/models/ModelsDrawer.tsx';
import { Notices } from '../panels/notices/Notices.tsx';
import { UndoToast } from '../panels/notices/UndoToast.tsx';
import { PartBar } from '../panels/partBar/PartBar.tsx';
import { QueueStrip } from '../panels/queue/QueueStrip.tsx';
import { Start } from '../panels/start/Start.tsx';
import { Steps } from '../panels/steps/Steps.tsx';
import { Transport } from '../panels/transport/Transport.tsx';
import { VerdictCard } from '../panels/verdict/VerdictCard.tsx';
import { Stage } from '../stage/Stage.tsx';
import { clearStage } from '../state/actions/inspect.ts';
import { addFiles } from '../state/actions/intake.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import { ErrorBoundary, reportError } from './ErrorBoundary.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { LiveRegion } from './LiveRegion.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { TopBar } from './TopBar.tsx';
import './app.css';

export function App() {
  const context = useStudio();
  const runId = useStudioState((state) => state.current?.runId ?? null);
  const hasCurrent = runId !== null;
  const drawer = useStudioState((state) => state.drawer);
  const reading = useStudioState((state) => state.reading);
  const [help, setHelp] = useState(false);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (files) => void addFiles(context, files),
  });
  useHotkeys('shift+slash', () => setHelp(true), { useKey: false });

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || context.store.getState().drawer !== null) return;
      event.preventDefault();
      void addFiles(context, files);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, [context]);

  return (
    <div {...getRootProps({ className: 'app', role: undefined, tabIndex: undefined })}>
      <input {...getInputProps({ 'aria-label': 'Images to inspect, or a saved trace' })} />
      <TopBar onNew={() => clearStage(context)} onHelp={() => setHelp(true)} />
      <main className={hasCurrent ? 'workbench' : 'workbench workbench-empty'}>
        {hasCurrent ? (
          <>
            <div className="workbench-stage">
              <PartBar />
              <ErrorBoundary name="The picture" onError={reportError}>
                {/* A new inspection starts with a camera that follows it. */}
                <Stage key={runId} />
              </ErrorBoundary>
              <Transport />
              <QueueStrip />
            </div>
            <aside className="workbench-side">
              <Notices />
              <ErrorBoundary name="The verdict" onError={reportError}>
                <VerdictCard />
              </ErrorBoundary>
              <ErrorBoundary name="The steps" onError={reportError}>
                <Steps />
              </ErrorBoundary>
            </aside>
          </>
        ) : (
          <div className="workbench-start">
            <Notices />
            <Start onChoose={open} />
            <QueueStrip />
          </div>
        )}
      </main>
      {reading > 0 && <p className="reading">Reading {reading === 1 ? 'a file' : 'files'} …</p>}
      {isDragActive && (
        <div className="drop-veil" aria-hidden="true">
          <p>Drop to inspect</p>
        </div>
      )}
      {drawer === 'library' && <LibraryDrawer />}
      {drawer === 'history' && <HistoryDrawer />}
      {drawer === 'models' && <ModelsDrawer />}
      {drawer === null && <UndoToast />}
      {help && <HelpDialog onClose={() => setHelp(false)} />}
      <Shortcuts />
      <LiveRegion />
    </div>
  );
}

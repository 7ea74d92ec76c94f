/** Builds the page's objects from what the browser offers and mounts the app. The only file with side effects on import. */
import './app/theme.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { applyAppearance, isMotionReduced, languageOf } from './app/appearance.ts';
import { ErrorBoundary, reportError } from './app/ErrorBoundary.tsx';
import { startRouting } from './app/route/routing.ts';
import { createHost, createPlayheadHost } from './app/host.ts';
import { createBrowserTabs } from './app/tabs.ts';
import { startI18n } from './i18n/index.ts';
import { word } from './i18n/words.ts';
import { createEngine } from './runtime/client.ts';
import { createIntake } from './runtime/intakeClient.ts';
import { createModelLibrary } from './runtime/modelClient.ts';
import { createPieceCutter } from './runtime/pictureClient.ts';
import { boot } from './state/actions/boot.ts';
import { keptFeatures } from './state/actions/features.ts';
import { storageEvents } from './state/actions/storageEvents.ts';
import { readAgain } from './state/actions/tabs.ts';
import type { StudioContext } from './state/context.ts';
import { createPictures } from './state/pictures.ts';
import { createPlayhead } from './state/playhead.ts';
import { createPreferences } from './state/preferences.ts';
import { createStudioStore } from './state/studioState.ts';
import { StudioReactContext } from './state/useStudio.ts';
import { createOneWriter } from './storage/oneWriter.ts';
import { createStorage } from './storage/storage.ts';
import { NARROW_PAGE } from './ui/useMedia.ts';

const host = createHost();
const preferences = createPreferences(localDisk());
applyAppearance(preferences);
await startI18n(languageOf(preferences), new URLSearchParams(location.search).has('pseudo'));
const store = createStudioStore();
const tabs = createBrowserTabs(host.newId());
const stored = createStorage(storageEvents(() => context));
const writer = createOneWriter(stored, {
  isReadOnly: () => store.getState().isReadOnly,
  onRefused: () => readAgain(context),
  onWritten: () => tabs.tellChanged(),
});
const context: StudioContext = {
  store,
  engine: createEngine(
    host.base,
    new URLSearchParams(location.search).get('backend'),
    keptFeatures(() => context.storage),
  ),
  models: createModelLibrary(),
  ...writer,
  tabs,
  pictures: createPictures(),
  pieces: createPieceCutter(),
  intake: createIntake(navigator.hardwareConcurrency),
  playhead: createPlayhead(createPlayheadHost(() => isMotionReduced(preferences))),
  files: new Map(),
  unsaved: new Map(),
  isReplayFile: false,
  preferences,
  host,
};

const root = document.getElementById('root');
if (!root) throw new Error('Internal error: index.html has no #root');
createRoot(root).render(
  <StudioReactContext value={context}>
    <ErrorBoundary name={word('app:part.page')} onError={reportError}>
      <App />
    </ErrorBoundary>
  </StudioReactContext>,
);
const isNarrow = () => matchMedia(NARROW_PAGE).matches;
void boot(context, () => void startRouting(context, { window, isNarrow }));

/** Null where the browser forbids it. */
function localDisk(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

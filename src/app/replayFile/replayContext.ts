/** The studio's context with one stored run in it and nothing behind it: no engine, no storage, no network. */
import type { ReplayData } from '@agentiad/core/replay/replayFile.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Engine } from '../../runtime/client.ts';
import type { ModelLibrary } from '../../runtime/modelClient.ts';
import { wantPictures } from '../../state/actions/images.ts';
import { pictureVariant, windowFor } from '../../state/windows.ts';
import type { StudioContext } from '../../state/context.ts';
import { createPictures } from '../../state/pictures.ts';
import { createPlayhead } from '../../state/playhead.ts';
import type { PreferencesStore } from '../../state/preferences.ts';
import { createStudioStore, type Current } from '../../state/studioState.ts';
import type { Storage } from '../../storage/storage.ts';
import { isMotionReduced } from '../appearance.ts';
import { createHost, createPlayheadHost } from '../host.ts';

export function createReplayContext({ trace, pictures }: ReplayData, preferences: PreferencesStore): StudioContext {
  const { verdict } = trace;
  const current: Current = {
    runId: verdict.id,
    hasFile: false,
    name: verdict.image.name,
    sha256: verdict.image.sha256,
    size: { width: verdict.image.width, height: verdict.image.height },
    category: verdict.part.category,
    mode: verdict.settings.mode,
    origin: 'imported',
    activity: 'open',
    run: runOfTrace(trace),
    branch: null,
    trace,
    askedFor: null,
    cutOff: false,
    problem: null,
  };
  const store = createStudioStore();
  store.setState({ current });
  const context: StudioContext = {
    store,
    engine: absent<Engine>(),
    models: absent<ModelLibrary>(),
    storage: absent<Storage>(),
    pictures: createPictures(),
    pieces: { cut: () => Promise.resolve(null) },
    playhead: createPlayhead(createPlayheadHost(() => isMotionReduced(preferences))),
    files: new Map(),
    unsaved: new Map(),
    preferences,
    host: createHost(),
  };
  for (const [sha256, picture] of Object.entries(pictures)) {
    const load = () => context.host.bitmapOfAsset(picture).catch(() => null);
    context.pictures.want(sha256, load, pictureVariant(windowFor(current, sha256)));
  }
  wantPictures(context, current);
  const turns = turnCount(current.run);
  context.playhead.reset({ live: false, turns, t: turns });
  return context;
}

/** Whatever is asked of it is refused. */
function absent<T extends object>(): T {
  return new Proxy<T>({} as T, {
    get: () => () => Promise.reject(new Error('A replay has only what is in its file.')),
  });
}

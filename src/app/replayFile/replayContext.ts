/** The studio's context with one stored run in it and nothing behind it: no model, no storage, no network. */
import type { ReplayData } from '@agentiad/core/replay/replayFile.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Engine } from '../../runtime/client.ts';
import type { Intake } from '../../runtime/intakeClient.ts';
import { createCompareApi } from '../../runtime/compareWorker.ts';
import { valueOf } from '../../runtime/messages.ts';
import type { ModelLibrary } from '../../runtime/modelClient.ts';
import { wantPictures } from '../../state/actions/images.ts';
import { pictureVariant, windowFor } from '../../state/windows.ts';
import type { StudioContext } from '../../state/context.ts';
import { createPictures } from '../../state/pictures.ts';
import { createPlayhead } from '../../state/playhead.ts';
import type { PreferencesStore } from '../../state/preferences.ts';
import { createStudioStore, type Current } from '../../state/studioState.ts';
import type { Storage } from '../../storage/storage.ts';
import { bytesOfBase64 } from '../../storage/tracePacking.ts';
import type { Tabs } from '../../storage/tabs/tabs.ts';
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
    engine: absent<Engine>({ align }),
    models: absent<ModelLibrary>(),
    storage: absent<Storage>(),
    tabs: absent<Tabs>(),
    whenWritten: () => Promise.resolve(),
    pictures: createPictures(),
    pieces: { cut: () => Promise.resolve(null) },
    intake: absent<Intake>(),
    playhead: createPlayhead(createPlayheadHost(() => isMotionReduced(preferences))),
    files: new Map(Object.entries(pictures).map(([sha256, { base64 }]) => [sha256, bytesOfBase64(base64)])),
    unsaved: new Map(),
    isReplayFile: true,
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

/** Good parts are laid on the part here too, from the pictures in the file: nothing of it needs a model. */
const align: Engine['align'] = async (part, exemplar) =>
  valueOf(await createCompareApi(() => null).align(part, exemplar));

/** Whatever else than `present` is asked of it is refused. */
function absent<T extends object>(present: Partial<T> = {}): T {
  return new Proxy<T>(present as T, {
    get: (known, name) =>
      Reflect.get(known, name) ?? (() => Promise.reject(new Error('A replay has only what is in its file.'))),
  });
}

/**
 * Looks in the background for what is odd among the good parts of a kind. What the tower makes of them is kept, so that
 * the first inspection has it already; features of another tower are dropped.
 */
import { DEFAULT_WINDOW } from '@agentiad/core/image/windowLevel.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import { withKey } from '../keyed.ts';
import { toldOf, type HealthState } from '../libraryHealth.ts';
import { enabledExemplars } from '../studioState.ts';
import { dropOldFeatures } from './room.ts';

/** Changes that come together are looked at together. */
const GATHER_MS = 1200;
/** More good parts than this are thinned evenly: looking at them takes time. */
export const HEALTH_MOST = 300;

/** Looks at the good parts of `category` now and after every change of them; returns what ends that. */
export function watchHealth(context: StudioContext, category: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void checkHealth(context, category), GATHER_MS);
  };
  const unsubscribe = context.store.subscribe((state, before) => {
    const isOther = state.exemplars !== before.exemplars || state.engine !== before.engine;
    if (isOther || state.importing !== before.importing) soon();
  });
  soon();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}

/** Looks now, unless these very good parts were looked at already. */
export async function checkHealth(context: StudioContext, category: string): Promise<void> {
  const { store, engine } = context;
  const state = store.getState();
  const stage = state.importing?.stage;
  if (state.engine.state !== 'ready' || stage === 'looking' || stage === 'taking') return;
  const exemplars = thinned(enabledExemplars(state, category));
  const { towerSha256 } = state.engine.info;
  const ids = exemplars.map(({ id }) => id);
  const key = JSON.stringify([towerSha256, ids]);
  if (exemplars.length < 2 || state.health[category]?.key === key) return;
  const show = (told: Partial<HealthState>) =>
    store.setState(({ health }) => {
      const begun = { key, isRunning: true, done: 0, total: ids.length, suspects: [], alike: [] };
      return { health: withKey(health, category, { ...(health[category] ?? begun), key, ...told }) };
    });
  show({ isRunning: true, done: 0, total: ids.length });
  await dropOldFeatures(context);
  const isNewest = () => store.getState().health[category]?.key === key;
  const onProgress = (done: number, total: number) => isNewest() && show({ done, total });
  const library = { category, window: DEFAULT_WINDOW, exemplars };
  const found = await guarded(context, category, () =>
    engine.health(library, onProgress, (sha256) => readFile(context, sha256)),
  );
  if (!isNewest()) return;
  // Not known: another kind was asked about, or it failed and that was told. It is tried again after the next change.
  show(found ? { isRunning: false, ...toldOf(found, ids) } : { isRunning: false, key: '' });
}

function thinned<T>(all: readonly T[]): readonly T[] {
  if (all.length <= HEALTH_MOST) return all;
  return Array.from({ length: HEALTH_MOST }, (_, index) => all[Math.floor((index * all.length) / HEALTH_MOST)]!);
}

/**
 * The engine makes one inspection at a time. Whoever starts one holds the claim from the click to the verdict; the
 * inspection being made is in the store under it, also while the stage shows another run.
 */
import { addNotice, type StudioContext } from '../context.ts';
import type { Current } from '../studioState.ts';
import { refusedHere } from './readOnly.ts';

export interface Claim {
  /** Lets go; further calls do nothing. */
  readonly release: () => void;
}

/** The claim, or null while an inspection is being started or made, and in a tab that only reads, which says so. */
export function claimEngine(context: StudioContext): Claim | null {
  const { store } = context;
  if (refusedHere(context)) return null;
  if (store.getState().inspecting) return null;
  const id = Symbol('inspection');
  store.setState({ inspecting: { id, live: null } });
  return {
    release: () => store.setState(({ inspecting }) => (inspecting?.id === id ? { inspecting: null } : {})),
  };
}

/** As `claimEngine`; tells that another inspection is being made. The second click of a double one tells nothing. */
export function claimOrTell(context: StudioContext): Claim | null {
  const { inspecting, asking, history } = context.store.getState();
  const name = inspecting?.live?.name ?? history.find(({ id }) => id === asking?.runId)?.name;
  if (name !== undefined)
    addNotice(context, {
      code: 'inspection-busy',
      subject: name,
      reason: 'is still being inspected, and inspections are made one at a time.',
      remedy: 'Wait until it is done, or open it from the history and stop it.',
    });
  return claimEngine(context);
}

export function isBusy({ store }: StudioContext): boolean {
  return store.getState().inspecting !== null;
}

/** Makes `live` the claimed inspection and puts it on the stage. */
export function beginLive({ store, playhead }: StudioContext, live: Current): void {
  playhead.reset({ live: true, turns: 0, t: 0 });
  store.setState(({ inspecting }) => ({
    current: live,
    selected: null,
    drawer: null,
    inspecting: inspecting && { ...inspecting, live },
  }));
}

/** Changes the inspection `runId` as long as it is being made, and the stage as far as it shows it. */
export function updateLive({ store }: StudioContext, runId: string, change: Partial<Current>): void {
  store.setState(({ current, inspecting }) => {
    if (inspecting?.live?.runId !== runId) return {};
    const live = { ...inspecting.live, ...change };
    return { inspecting: { ...inspecting, live }, ...(current?.runId === live.runId && { current: live }) };
  });
}

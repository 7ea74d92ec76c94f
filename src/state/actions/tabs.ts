/** One tab writes: what this one does when it may not, is asked to hand over, or takes over. */
import type { StudioContext } from '../context.ts';
import type { StudioState } from '../studioState.ts';
import { loadStored } from './boot.ts';
import { makeRoom } from './room.ts';
import { stopValidation } from './validate.ts';

/** Work that pauses for less than this has not ended. */
const QUIET_MS = 300;
/** What is stored is read again this long after the last change elsewhere. */
const SETTLE_MS = 300;

/** Finds out whether this tab writes, before anything is read or written. */
export async function joinTabs(context: StudioContext): Promise<void> {
  const { store, tabs } = context;
  tabs.onAsked(async () => {
    // It goes on where it was, in whichever tab that is asked for.
    stopValidation(context);
    do {
      await idle(context);
      await context.whenWritten(QUIET_MS);
    } while (!isIdle(store.getState()));
    store.setState({ isReadOnly: true });
  });
  tabs.onLost(() => store.setState({ isReadOnly: true }));
  tabs.onChanged(() => readAgain(context));
  store.setState({ isReadOnly: !(await tabs.join()) });
}

const timers = new WeakMap<StudioContext, ReturnType<typeof setTimeout>>();

/** In a tab that only reads: shows again what is stored, soon. */
export function readAgain(context: StudioContext): void {
  if (!context.store.getState().isReadOnly) return;
  clearTimeout(timers.get(context));
  timers.set(
    context,
    setTimeout(() => context.store.getState().isReadOnly && void loadStored(context), SETTLE_MS),
  );
}

/** When somebody looks at this tab: it writes if no other tab does any more. */
export async function joinAgain(context: StudioContext): Promise<void> {
  const { store, tabs } = context;
  const { isReadOnly, takingOver } = store.getState();
  if (!isReadOnly || takingOver !== null) return;
  if (await tabs.join()) await startWriting(context);
  else readAgain(context);
}

async function startWriting(context: StudioContext): Promise<void> {
  context.store.setState({ isReadOnly: false });
  await loadStored(context);
  await makeRoom(context);
}

let waiting: AbortController | null = null;

/** “Use this tab instead”: the other tab ends what it is doing and reads from then on. */
export async function takeOverHere(context: StudioContext): Promise<void> {
  const { store, tabs } = context;
  if (!store.getState().isReadOnly || store.getState().takingOver !== null) return;
  waiting = new AbortController();
  store.setState({ takingOver: 'asked' });
  try {
    if (await tabs.takeOver(() => store.setState({ takingOver: 'soon' }), waiting.signal)) await startWriting(context);
  } finally {
    store.setState({ takingOver: null });
  }
}

export function stopTakingOver(): void {
  waiting?.abort();
}

const isIdle = ({ inspecting, asking, reading, importing }: StudioState) =>
  inspecting === null && asking === null && reading === 0 && importing?.stage !== 'taking';

/** Resolves as soon as nothing is being inspected, asked or read in. */
function idle({ store }: StudioContext): Promise<void> {
  return new Promise((resolve) => {
    const check = (state: StudioState) => {
      if (!isIdle(state)) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = store.subscribe(check);
    check(store.getState());
  });
}

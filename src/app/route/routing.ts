/**
 * Keeps the address in step with the page, and the page with Back and Forward. Choosing something (a run, a step further
 * away, a region, a comparison, a tab, a drawer) is an entry of the browser's history; walking from step to step and
 * what a replay or a running inspection does by itself only changes the entry there is. Undoing the last choice by hand
 * goes back to the entry before it.
 */
import { word } from '../../i18n/words.ts';
import type { StudioContext } from '../../state/context.ts';
import type { StudioState } from '../../state/studioState.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';
import { routeOf, showRoute } from './shownRoute.ts';

/** What happens within this time is one change: browsers refuse many in a row. */
const SETTLE_MS = 200;

export interface RoutingHost {
  readonly window: Pick<
    Window,
    'document' | 'location' | 'history' | 'addEventListener' | 'removeEventListener' | 'setTimeout' | 'clearTimeout'
  >;
  readonly isNarrow: () => boolean;
}

/** Kept with each entry of the browser's history. */
interface EntryState {
  /** The address of the entry before, if this page made it. */
  readonly before: string | null;
}

/** Shows what the address names, then listens; call it once what is stored has been read. Returns what ends it. */
export function startRouting(context: StudioContext, { window, isNarrow }: RoutingHost): () => void {
  const { store, playhead } = context;
  const { document, location, history } = window;
  let written: { readonly route: Route; readonly turn: number };
  let timer: number | undefined;
  /** Of the newest address that is being shown; what an older one still shows is not written. */
  let showing: symbol | null = null;
  let isGoingBack = false;

  const now = () => ({ route: routeOf(context, isNarrow()), turn: playhead.turn() });
  const before = () => (history.state as Partial<EntryState> | null)?.before ?? null;

  const write = () => {
    timer = undefined;
    if (showing || isGoingBack || playhead.isPlaying()) return;
    const last = written;
    written = now();
    const [from, to] = [formatRoute(last.route), formatRoute(written.route)];
    if (from === to) return;
    if (isWalk(last, written)) return history.replaceState({ before: before() } satisfies EntryState, '', to);
    if (to === before()) {
      isGoingBack = true;
      return history.back();
    }
    history.pushState({ before: from } satisfies EntryState, '', to);
  };
  let seen = '';
  /** Tells tabs and entries of the browser's history apart. */
  const setTitle = () => {
    const name = store.getState().current?.name;
    const title = [...(name === undefined ? [] : [name]), word('app:name')].join(' – ');
    if (document.title !== title) document.title = title;
  };
  const writeSoon = () => {
    // What goes on all the time, as the words of a running inspection do, is no change of the address.
    const address = `${formatRoute(now().route)} ${playhead.isPlaying()}`;
    if (address === seen) return;
    seen = address;
    window.clearTimeout(timer);
    timer = window.setTimeout(write, SETTLE_MS);
    setTitle();
  };
  const show = async (leaves: StudioState['drawer']) => {
    const mine = (showing = Symbol('address'));
    window.clearTimeout(timer);
    await showRoute(context, parseRoute(location.hash), leaves);
    if (showing !== mine) return;
    showing = null;
    written = now();
    seen = '';
    // What could not be shown is not kept as an address.
    history.replaceState({ before: before() } satisfies EntryState, '', formatRoute(written.route));
  };
  const onPop = () => {
    if (!isGoingBack) return void show(store.getState().drawer);
    isGoingBack = false;
    seen = '';
    writeSoon();
  };

  written = { route: parseRoute(location.hash), turn: 0 };
  const stops = [store.subscribe(writeSoon), playhead.onChange(writeSoon)];
  window.addEventListener('popstate', onPop);
  // Somebody may have dropped a part already, or opened a drawer.
  if (store.getState().inspecting || store.getState().current) writeSoon();
  else void show(null);
  return () => {
    window.clearTimeout(timer);
    window.removeEventListener('popstate', onPop);
    for (const stop of stops) stop();
  };
}

type Written = { readonly route: Route; readonly turn: number };

/** Nothing but the step changed, and that by one at most. */
function isWalk(from: Written, to: Written): boolean {
  const elsewhere = formatRoute({ ...from.route, step: null }) !== formatRoute({ ...to.route, step: null });
  return !elsewhere && Math.abs(to.turn - from.turn) <= 1;
}

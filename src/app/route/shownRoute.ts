/** Between the page and its address: the route of what is shown, and showing what a route names. */
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { openBranch, showBranch } from '../../state/actions/branches.ts';
import { setCompareMode } from '../../state/actions/compare.ts';
import { openModels } from '../../state/actions/models.ts';
import { selectRegion } from '../../state/actions/select.ts';
import { openRun } from '../../state/actions/traces.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { addNotice, type StudioContext } from '../../state/context.ts';
import type { StudioState } from '../../state/studioState.ts';
import { EMPTY_ROUTE, type Route } from './route.ts';

/** `isNarrow`: the page shows one pane at a time, so that which one is part of the route. */
export function routeOf({ store, playhead }: StudioContext, isNarrow: boolean): Route {
  const { current, drawer, selected, compare, sideTab, narrowPane, libraryTab } = store.getState();
  const over = {
    drawer: drawer === 'palette' ? null : drawer,
    library: drawer === 'library' ? libraryTab : EMPTY_ROUTE.library,
  };
  // Before it has begun, an inspection cannot be come back to.
  if (!current || current.activity === 'waiting') return { ...EMPTY_ROUTE, ...over };
  const turn = playhead.turn();
  return {
    runId: current.runId,
    branch: current.branch,
    step: turn >= turnCount(current.run) ? null : turn,
    region: selected?.turn === turn ? selected.regionId : null,
    view: compare.mode,
    tab: sideTab,
    pane: isNarrow ? narrowPane : EMPTY_ROUTE.pane,
    ...over,
  };
}

/** `leaves`: the drawer the address takes the place of. One that was opened since then stays. */
export async function showRoute(context: StudioContext, route: Route, leaves: StudioState['drawer']): Promise<void> {
  const { store } = context;
  if (route.runId === null) store.setState({ current: null, selected: null });
  else if (store.getState().current?.runId !== route.runId) await openRun(context, route.runId, { keepsDrawer: true });
  const { current, history } = store.getState();
  if (route.runId !== null && current?.runId === route.runId) showPlace(context, route);
  else if (route.runId !== null && !history.some(({ id }) => id === route.runId)) tellUnknown(context);
  const { drawer } = store.getState();
  if (drawer === null || drawer === leaves) showDrawer(context, route);
}

/** Within the run on the stage. */
function showPlace(context: StudioContext, { branch, step, region, view, tab, pane }: Route): void {
  const { store, playhead } = context;
  const { current, compare } = store.getState();
  if (!current) return;
  if (branch === null) showBranch(context, null);
  else if (branch !== current.branch) openBranch(context, branch);
  if (view !== compare.mode) setCompareMode(context, view);
  const turns = turnCount(store.getState().current?.run ?? current.run);
  playhead.seek(step ?? turns);
  store.setState({ selected: null });
  if (region !== null) selectRegion(context, region);
  store.setState({ sideTab: tab, narrowPane: pane });
}

function showDrawer(context: StudioContext, { drawer, library }: Route): void {
  const { store } = context;
  if (drawer === 'models') return openModels(context);
  if (drawer === 'library') return showLibraryTab(context, library);
  store.setState({ drawer: drawer === 'export' && !store.getState().current?.trace ? null : drawer });
}

function tellUnknown(context: StudioContext): void {
  addNotice(context, {
    code: 'run-unknown',
    subject: 'The address',
    reason: 'It names an inspection that is not in this browser: it was deleted, or made elsewhere.',
    remedy: 'Look for it in the history, or open its saved trace.',
  });
}

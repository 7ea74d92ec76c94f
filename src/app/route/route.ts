/**
 * Addresses of the page: what is on the stage and what lies over it, after the `#`, as in
 * `#/inspect/RUN?step=7&view=curtain&drawer=library&library=recipe`. What an address leaves out, or says wrongly, is as it comes. Pure.
 */
import { COMPARE_MODES, type CompareMode } from '../../state/compareState.ts';
import type { LibraryTab, NarrowPane, SideTab, StudioState } from '../../state/studioState.ts';

/** Drawers with an address; the palette is gone with the next thing done. */
export type RouteDrawer = Exclude<StudioState['drawer'], 'palette' | null>;

export interface Route {
  /** Null: the empty page. */
  readonly runId: string | null;
  /** Of the run's trace; null: the inspection itself. */
  readonly branch: string | null;
  /** The turn on the stage; null: the newest. */
  readonly step: number | null;
  /** The region of the verdict that is pointed at. */
  readonly region: string | null;
  readonly view: CompareMode;
  readonly tab: SideTab;
  readonly pane: NarrowPane;
  readonly drawer: RouteDrawer | null;
  /** Of the library page, where that is open. */
  readonly library: LibraryTab;
}

export const EMPTY_ROUTE: Route = {
  runId: null,
  branch: null,
  step: null,
  region: null,
  view: 'off',
  tab: 'steps',
  pane: 'image',
  drawer: null,
  library: 'exemplars',
};

const DRAWERS: readonly RouteDrawer[] = ['library', 'history', 'models', 'settings', 'keyboard', 'export', 'storage'];
const TABS: readonly SideTab[] = ['steps', 'questions', 'eye'];
const LIBRARY_TABS: readonly LibraryTab[] = ['exemplars', 'recipe', 'validation', 'versions'];
const PANES: readonly NarrowPane[] = ['image', 'steps', 'verdict'];

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const given = new URLSearchParams(query);
  const oneOf = <T extends string>(name: string, known: readonly T[]) =>
    known.find((value) => value === given.get(name));
  const drawer = oneOf('drawer', DRAWERS) ?? null;
  const library = (drawer === 'library' && oneOf('library', LIBRARY_TABS)) || EMPTY_ROUTE.library;
  const runId = /^inspect\/([^/]+)$/.exec(path)?.[1];
  if (runId === undefined) return { ...EMPTY_ROUTE, drawer, library };
  const step = given.get('step') ?? '';
  return {
    runId: decoded(runId),
    branch: given.get('branch'),
    step: /^\d{1,6}$/.test(step) ? Number(step) : null,
    region: given.get('region'),
    view: oneOf('view', COMPARE_MODES) ?? EMPTY_ROUTE.view,
    tab: oneOf('tab', TABS) ?? EMPTY_ROUTE.tab,
    pane: oneOf('pane', PANES) ?? EMPTY_ROUTE.pane,
    drawer,
    library,
  };
}

export function formatRoute(route: Route): string {
  const given = new URLSearchParams();
  for (const name of ['branch', 'step', 'region', 'view', 'tab', 'pane', 'drawer', 'library'] as const)
    if (route[name] !== EMPTY_ROUTE[name]) given.set(name, String(route[name]));
  const path = route.runId === null ? '' : `inspect/${encodeURIComponent(route.runId)}`;
  return `#/${path}${given.size > 0 ? `?${given.toString()}` : ''}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not one of ours: no run has this id
  }
}

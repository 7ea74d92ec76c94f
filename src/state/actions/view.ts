/** Which of the panes and tabs is shown, beside the stage and on the library page. */
import type { StudioContext } from '../context.ts';
import type { LibraryPlace, LibraryTab, NarrowPane, SideTab } from '../studioState.ts';

/** On a narrow page the tabs are a pane of their own, so that one comes to the front too. */
export function showSideTab({ store }: StudioContext, sideTab: SideTab): void {
  store.setState({ sideTab, narrowPane: 'steps' });
}

export function showNarrowPane({ store }: StudioContext, narrowPane: NarrowPane): void {
  store.setState({ narrowPane });
}

/** On the library page, which is opened, at the top or at a place of the tab. */
export function showLibraryTab(
  { store }: StudioContext,
  libraryTab: LibraryTab,
  libraryPlace: LibraryPlace | null = null,
): void {
  store.setState({ libraryTab, libraryPlace, drawer: 'library' });
}

/** To the model's eye, and back to the steps. */
export function toggleModelEye(context: StudioContext): void {
  showSideTab(context, context.store.getState().sideTab === 'eye' ? 'steps' : 'eye');
}

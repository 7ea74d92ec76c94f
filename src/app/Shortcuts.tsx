/** Binds the shortcuts; they rest while typing, in menus, while a panel is open, and for Space on a focused button. */
import { useHotkeys } from 'react-hotkeys-hook';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import { SHORTCUTS, type Shortcut } from './shortcuts.ts';

export function Shortcuts() {
  const isStageShown = useStudioState((state) => state.current !== null && state.drawer === null);
  return isStageShown ? SHORTCUTS.map((shortcut) => <Binding key={shortcut.keys} shortcut={shortcut} />) : null;
}

function Binding({ shortcut }: { readonly shortcut: Shortcut }) {
  const context = useStudio();
  useHotkeys(
    shortcut.keys,
    (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (shortcut.keys === 'space' && target?.closest('button, summary, a')) return;
      event.preventDefault();
      shortcut.run(context);
    },
    {
      ignoreEventWhen: (event) => event.target instanceof HTMLElement && event.target.closest('[role=dialog]') !== null,
    },
    [context, shortcut],
  );
  return null;
}

/** A section that is come to from elsewhere: scrolled to and focused once, when it is there. */
import { useEffect, useRef, type RefObject } from 'react';
import type { LibraryPlace } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

/** For a section that can take the focus (`tabIndex={-1}`). */
export function useLibraryPlace(place: LibraryPlace): RefObject<HTMLElement | null> {
  const { store } = useStudio();
  const section = useRef<HTMLElement>(null);
  const isWanted = useStudioState((state) => state.libraryPlace === place);
  useEffect(() => {
    if (!isWanted || !section.current) return;
    section.current.scrollIntoView({ block: 'start' });
    section.current.focus({ preventScroll: true });
    store.setState({ libraryPlace: null });
  }, [isWanted, store]);
  return section;
}

/** Whether a media query holds, as long as the component lives. */
import { useCallback, useSyncExternalStore } from 'react';

/** The page shows one pane at a time. */
export const NARROW_PAGE = '(max-width: 1023px)';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

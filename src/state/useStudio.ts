/** React's way to the store, the playhead and the actions' context. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { StudioContext } from './context.ts';
import type { Preferences } from './preferences.ts';
import type { StudioState } from './studioState.ts';

export const StudioReactContext = createContext<StudioContext | null>(null);

export function useStudio(): StudioContext {
  const context = useContext(StudioReactContext);
  if (!context) throw new Error('Internal error: useStudio outside its provider');
  return context;
}

export function useStudioState<T>(select: (state: StudioState) => T): T {
  return useStore(useStudio().store, select);
}

export function usePreferences<T>(select: (preferences: Preferences) => T): T {
  return useStore(useStudio().preferences, select);
}

/** The turn shown; re-renders only when it changes. */
export function useTurn(): number {
  const { playhead } = useStudio();
  return useSyncExternalStore(playhead.onChange, playhead.turn);
}

/** The turn asked for last; the one shown follows. */
export function useAskedTurn(): number {
  const { playhead } = useStudio();
  return useSyncExternalStore(playhead.onChange, playhead.asked);
}

export function usePlaying(): boolean {
  const { playhead } = useStudio();
  return useSyncExternalStore(playhead.onChange, playhead.isPlaying);
}

/** True while new turns are followed as they come. */
export function useLive(): boolean {
  const { playhead } = useStudio();
  return useSyncExternalStore(playhead.onChange, playhead.isLive);
}

/** First of the turns that the last frame went through (see playhead.ts). */
export function useSweptFrom(): number {
  const { playhead } = useStudio();
  return useSyncExternalStore(playhead.onChange, playhead.sweptFrom);
}

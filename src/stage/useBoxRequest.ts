/** Whether somebody waits for a box to be drawn on the stage. */
import { useSyncExternalStore } from 'react';
import { boxRequest, onBoxRequest, type BoxRequest } from './stageCommands.ts';

export function useBoxRequest(): BoxRequest | null {
  return useSyncExternalStore(onBoxRequest, boxRequest);
}

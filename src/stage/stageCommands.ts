/** Camera commands from the keyboard to the stage, without putting the camera into the store. */
export type StageCommand = 'fit' | 'one-to-one' | 'zoom-in' | 'zoom-out' | 'follow' | 'left' | 'right' | 'up' | 'down';

const listeners = new Set<(command: StageCommand) => void>();

export function sendStageCommand(command: StageCommand): void {
  for (const listener of listeners) listener(command);
}

export function onStageCommand(listener: (command: StageCommand) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

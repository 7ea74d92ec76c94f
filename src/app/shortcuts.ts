/** Every keyboard shortcut of the page, in one list: binding and help sheet both come from it. */
import { inspectAgain, stopInspection } from '../state/actions/inspect.ts';
import type { StudioContext } from '../state/context.ts';
import { sendStageCommand, type StageCommand } from '../stage/stageCommands.ts';

export interface Shortcut {
  /** react-hotkeys-hook's spelling. */
  readonly keys: string;
  /** As shown to people. */
  readonly shown: string;
  readonly does: string;
  readonly run: (context: StudioContext) => void;
}

const stage = (keys: string, shown: string, does: string, command: StageCommand): Shortcut => ({
  keys,
  shown,
  does,
  run: () => sendStageCommand(command),
});

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'right, j', shown: '→ or J', does: 'Next step', run: ({ playhead }) => playhead.next() },
  { keys: 'left, k', shown: '← or K', does: 'Previous step', run: ({ playhead }) => playhead.previous() },
  { keys: 'home', shown: 'Home', does: 'First step', run: ({ playhead }) => playhead.first() },
  { keys: 'end', shown: 'End', does: 'Last step', run: ({ playhead }) => playhead.last() },
  { keys: 'space', shown: 'Space', does: 'Play or pause', run: ({ playhead }) => playhead.playPause() },
  stage('0', '0', 'Fit the part', 'fit'),
  stage('1', '1', 'Actual pixels', 'one-to-one'),
  stage('equal, shift+equal, add', '+', 'Zoom in', 'zoom-in'),
  stage('minus, subtract', '-', 'Zoom out', 'zoom-out'),
  stage('f', 'F', 'Camera follows the agent', 'follow'),
  stage('shift+left', 'Shift ←', 'Move the view left', 'left'),
  stage('shift+right', 'Shift →', 'Move the view right', 'right'),
  stage('shift+up', 'Shift ↑', 'Move the view up', 'up'),
  stage('shift+down', 'Shift ↓', 'Move the view down', 'down'),
  { keys: 'r', shown: 'R', does: 'Inspect again', run: (context) => void inspectAgain(context) },
  { keys: 'shift+r', shown: 'Shift R', does: 'Stop the inspection', run: stopInspection },
];

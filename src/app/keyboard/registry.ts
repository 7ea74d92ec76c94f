/**
 * Every key of the page, in one list: what binds them, the sheet behind `?`, the hints on buttons, the palette and the
 * table in the settings all come from it. Another key is one more entry here and its words in `keyboard.json`.
 */
import { clearStage, inspectAgain, stopInspection } from '../../state/actions/inspect.ts';
import { openCameraFor } from '../../state/actions/camera.ts';
import { canUndo, undoLast } from '../../state/actions/changes.ts';
import { blink, cycleCompare, isComparing, stepExemplar } from '../../state/actions/compare.ts';
import { openModels } from '../../state/actions/models.ts';
import { selectNextRegion } from '../../state/actions/select.ts';
import type { StudioContext } from '../../state/context.ts';
import type { StudioState } from '../../state/studioState.ts';
import { sendStageCommand, type StageCommand } from '../../stage/stageCommands.ts';
import type { Group, HoldAction, KeyAction } from './action.ts';
import { CORRECTION_ACTIONS } from './correctionActions.ts';
import { DECISION_ACTIONS } from './decisionActions.ts';
import { leaveInnermost } from './escape.ts';
import { HISTORY_ACTIONS } from './historyActions.ts';
import { LIST_ACTIONS } from './listActions.ts';
import { search } from './lists.ts';

const open = (id: string, keys: readonly string[], drawer: StudioState['drawer']): KeyAction => ({
  id,
  keys,
  scope: 'global',
  group: 'page',
  run: ({ store }) => store.setState({ drawer }),
});

const stage = (id: string, keys: readonly string[], command: StageCommand, repeats?: true): KeyAction => ({
  id,
  keys,
  scope: 'workbench',
  group: 'view',
  run: () => sendStageCommand(command),
  ...(repeats && { repeats, isKeyOnly: true }),
});

const step = (
  id: string,
  keys: readonly string[],
  run: (context: StudioContext) => void,
  repeats?: true,
): KeyAction => ({
  id,
  keys,
  scope: 'workbench',
  group: 'steps',
  run,
  ...(repeats && { repeats }),
});

const region = (id: string, keys: readonly string[], by: 1 | -1): KeyAction => ({
  id,
  keys,
  scope: 'workbench',
  group: 'view',
  isPossible: ({ store }) => (store.getState().current?.run.verdict?.regions.length ?? 0) > 0,
  run: (context) => selectNextRegion(context, by),
});

/** Asks one thing of the stage when the key goes down, another when it is let go. */
const held = (
  id: string,
  keys: readonly string[],
  group: Group,
  begin: StageCommand,
  end: StageCommand,
): HoldAction => ({
  id,
  keys,
  scope: 'workbench',
  group,
  hold: { begin: () => sendStageCommand(begin), end: () => sendStageCommand(end) },
});

export const ACTIONS: readonly KeyAction[] = [
  ...CORRECTION_ACTIONS,
  open('shortcuts', ['?'], 'keyboard'),
  open('palette', ['Mod+k'], 'palette'),
  open('history', [], 'history'),
  open('library', [], 'library'),
  { id: 'models', keys: [], scope: 'global', group: 'page', run: openModels },
  open('storage', [], 'storage'),
  open('settings', [], 'settings'),
  { id: 'camera', keys: [], scope: 'global', group: 'page', run: (context) => openCameraFor(context, null) },
  {
    id: 'search',
    keys: ['/'],
    scope: 'global',
    group: 'page',
    run: search,
    isKeyOnly: true,
  },
  {
    id: 'undo',
    keys: ['Mod+z'],
    scope: 'global',
    group: 'page',
    isPossible: canUndo,
    run: (context) => void undoLast(context),
  },
  { id: 'leave', keys: ['Escape'], scope: 'workbench', group: 'page', run: leaveInnermost, isKeyOnly: true },

  step('nextStep', ['ArrowRight', 'j'], ({ playhead }) => playhead.next(), true),
  step('previousStep', ['ArrowLeft', 'k'], ({ playhead }) => playhead.previous(), true),
  step('firstStep', ['Home'], ({ playhead }) => playhead.first()),
  step('lastStep', ['End'], ({ playhead }) => playhead.last()),
  {
    ...held('playPause', ['Space'], 'steps', 'hand', 'no-hand'),
    tap: ({ playhead }) => playhead.playPause(),
  },

  stage('fit', ['0'], 'fit'),
  stage('oneToOne', ['1'], 'one-to-one'),
  stage('toggleFit', ['z'], 'toggle'),
  stage('zoomToRegion', ['2'], 'region'),
  stage('zoomIn', ['+', '='], 'zoom-in', true),
  stage('zoomOut', ['-'], 'zoom-out', true),
  stage('follow', ['f'], 'follow'),
  stage('panLeft', ['Shift+ArrowLeft'], 'left', true),
  stage('panRight', ['Shift+ArrowRight'], 'right', true),
  stage('panUp', ['Shift+ArrowUp'], 'up', true),
  stage('panDown', ['Shift+ArrowDown'], 'down', true),
  region('nextRegion', ['t'], 1),
  region('previousRegion', ['Shift+t'], -1),
  held('hideOverlays', ['h'], 'view', 'hide-overlays', 'show-overlays'),

  { id: 'compare', keys: ['c'], scope: 'workbench', group: 'compare', run: cycleCompare },
  {
    id: 'blink',
    keys: ['b'],
    scope: 'workbench',
    group: 'compare',
    hold: { begin: (context) => blink(context, true), end: (context) => blink(context, false) },
  },
  {
    id: 'previousExemplar',
    keys: ['ArrowUp'],
    scope: 'workbench',
    group: 'compare',
    isPossible: isComparing,
    run: (context) => stepExemplar(context, -1),
  },
  {
    id: 'nextExemplar',
    keys: ['ArrowDown'],
    scope: 'workbench',
    group: 'compare',
    isPossible: isComparing,
    run: (context) => stepExemplar(context, 1),
  },

  {
    id: 'newInspection',
    keys: [],
    scope: 'workbench',
    group: 'inspection',
    isPossible: ({ store }) => ['open', 'waiting'].includes(store.getState().current?.activity ?? ''),
    run: clearStage,
  },
  {
    id: 'inspectAgain',
    keys: ['r'],
    scope: 'workbench',
    group: 'inspection',
    isPossible: ({ store }) => store.getState().current?.activity === 'open',
    run: (context) => void inspectAgain(context),
  },
  {
    id: 'stop',
    keys: ['Shift+r'],
    scope: 'workbench',
    group: 'inspection',
    isPossible: ({ store }) => (store.getState().current?.activity ?? 'open') !== 'open',
    run: stopInspection,
  },

  {
    id: 'export',
    keys: ['e'],
    scope: 'workbench',
    group: 'inspection',
    isPossible: ({ store }) => store.getState().current?.trace != null,
    run: ({ store }) => store.setState({ drawer: 'export' }),
  },

  ...DECISION_ACTIONS,

  ...LIST_ACTIONS,
  ...HISTORY_ACTIONS,
];

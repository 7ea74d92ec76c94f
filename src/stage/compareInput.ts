/** What of the comparison the stage draws: the user's choice, else the agent's own step. Pictures come from the store of pictures. */
import type { DifferenceMap } from '@agentiad/core/image/registration/difference.ts';
import { fitMapping } from '@agentiad/core/image/registration/similarity.ts';
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import {
  chooseExemplar,
  exemplarChoices,
  pairKey,
  shownMode,
  type AlignmentState,
  type ChosenBy,
  type CompareMode,
  type ExemplarChoice,
} from '../state/compareState.ts';
import type { Pictures } from '../state/pictures.ts';
import type { StudioState } from '../state/studioState.ts';
import { paintDifference } from './compareScale.ts';
import type { CompareInput } from './compareTypes.ts';

/** The comparison on the stage, in the terms of the page. */
export interface ShownComparison {
  readonly mode: Exclude<CompareMode, 'off'> | 'blink';
  /** What was chosen, where it cannot be shown because the two do not lie on each other; else null. */
  readonly refused: CompareMode | 'blink' | null;
  readonly choice: ExemplarChoice;
  readonly by: ChosenBy;
  readonly choices: readonly ExemplarChoice[];
  readonly alignment: AlignmentState | null;
  /** Reliably registered: places correspond, and a difference can be shown. */
  readonly isRegistered: boolean;
}

type ComparedState = Pick<StudioState, 'current' | 'exemplars' | 'compare'>;

/** Null: nothing is compared, or there is nothing to compare with. */
export function shownComparison({ current, exemplars, compare }: ComparedState, scene: Scene): ShownComparison | null {
  const mode = shownMode(compare, scene);
  if (!current || mode === 'off') return null;
  const choices = exemplarChoices({ current, exemplars, similarities: compare.similarities[current.sha256] ?? {} });
  const picked = compare.picked?.runId === current.runId ? compare.picked.sha256 : null;
  const agents = isAgents(compare) && choices.find(({ sha256 }) => sha256 === scene.compare?.image.source.sha256);
  const chosen = agents ? { choice: agents, by: 'agent' as const } : chooseExemplar(choices, picked, scene.turn);
  if (!chosen) return null;
  const alignment = compare.alignments[pairKey(current.sha256, chosen.choice.sha256)] ?? null;
  const isRegistered = alignment?.state === 'done' && alignment.alignment.registration.isReliable;
  const isSettled = alignment !== null && alignment.state !== 'working';
  const isRefused = mode !== 'side' && isSettled && !isRegistered;
  const { by, choice } = chosen;
  return {
    mode: isRefused ? 'side' : mode,
    refused: isRefused ? mode : null,
    choice,
    by,
    choices,
    alignment,
    isRegistered,
  };
}

export function compareInput(state: ComparedState, scene: Scene, pictures: Pick<Pictures, 'get'>): CompareInput | null {
  const shown = shownComparison(state, scene);
  const { current, compare } = state;
  if (!shown || !current) return null;
  const { choice, alignment, isRegistered, mode } = shown;
  const found = alignment?.state === 'done' && isRegistered ? alignment.alignment : null;
  return {
    view: mode,
    exemplar: pictures.get(choice.sha256) ?? (choice.asset === null ? null : pictures.get(`seen:${choice.asset}`)),
    size: choice.size,
    transform: found ? found.registration.transform : fitMapping(choice.size, current.size),
    corresponds: found !== null || hasShape(choice.size, current.size),
    amount: isAgents(compare) ? (scene.compare?.amount ?? 1) : 1,
    divider: compare.divider,
    difference: found?.difference ? { canvas: painted(found.difference), opacity: compare.opacity } : null,
  };
}

/** Nobody compares by hand: what is shown is the agent's step. */
function isAgents({ mode, isBlinking }: StudioState['compare']): boolean {
  return mode === 'off' && !isBlinking;
}

const canvases = new WeakMap<DifferenceMap, HTMLCanvasElement>();

function painted(map: DifferenceMap): HTMLCanvasElement {
  const canvas = canvases.get(map) ?? paintDifference(map);
  canvases.set(map, canvas);
  return canvas;
}

/** The same aspect ratio, within a hundredth. */
function hasShape(one: { width: number; height: number }, other: { width: number; height: number }): boolean {
  return Math.abs(one.width * other.height - one.height * other.width) <= one.width * other.height * 0.01;
}

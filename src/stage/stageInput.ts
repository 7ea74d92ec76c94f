/** What the stage draws now: the scene at the playhead, the pictures that have come, and what is pointed at. */
import type { Areas } from '@agentiad/core/image/areas.ts';
import { imageOf } from '@agentiad/core/replay/runSoFar.ts';
import { roomAround, sceneAt } from '@agentiad/core/replay/scene.ts';
import type { Scene, SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import type { StudioContext } from '../state/context.ts';
import { corrected } from '../state/actions/correct.ts';
import type { CorrectedRegion } from '../state/correction.ts';
import { selectedRegion, type Current, type StudioState } from '../state/studioState.ts';
import { compareInput } from './compareInput.ts';
import { mapPresence } from './mapTime.ts';
import type { MarkWords } from './markLabel.ts';
import type { StageColours } from './stageColours.ts';
import type { StageInput } from './stageTypes.ts';

/** Null: nothing is on the stage. */
export function stageInput(context: StudioContext, colours: StageColours, words: MarkWords): StageInput | null {
  const { store, pictures, playhead, preferences } = context;
  const state = store.getState();
  const { current } = state;
  if (!current) return null;
  const scene = sceneAt(current.run, playhead.t(), current.size);
  const part = imageOf(current.run, 1);
  const selected = selectedRegion(state, playhead.turn());
  const hovered = current.run.verdict?.regions.find(({ id }) => id === state.hovered) ?? null;
  const { mapTime, mapOpacity } = preferences.getState();
  const presence = mapPresence(mapTime, scene);
  const map = scene.map ?? scene.evidence;
  const correction = corrected(state);
  const compare = correction ? null : compareInput(state, scene, pictures);
  // One set of colours at a time.
  const isCovered = compare?.view === 'difference';
  return {
    // What is corrected takes the place of what was said.
    scene: correction ? { ...scene, marks: [] } : scene,
    kept: correction ? [] : keptRegions(state, scene),
    correction: correction && { regions: correction.regions, selected: state.correcting?.selected ?? null },
    part: {
      size: current.size,
      whole: pictures.get(current.sha256) ?? (part && pictures.get(`seen:${part.asset}`)),
      piece: pictures.piece(current.sha256),
    },
    compare,
    areas: areasOf(current),
    seen: state.isCoverageShown ? scene.coverage.boxes : null,
    map: map && presence > 0 && !isCovered ? { map, opacity: mapOpacity, presence } : null,
    colours,
    words,
    selected: selected && markOf(scene, selected),
    hovered: hovered && markOf(scene, hovered),
    pointedAt: selected && roomAround(selected.box, current.size),
  };
}

/** Shown with the verdict they correct: not on earlier steps, nor on a branch, which has a verdict of its own. */
function keptRegions(
  { current, corrections }: Pick<StudioState, 'current' | 'corrections'>,
  scene: Scene,
): readonly CorrectedRegion[] {
  if (!current || current.branch !== null || scene.verdictFill < 1) return [];
  return corrections[current.runId]?.regions ?? [];
}

/** Those of the recipe it was or is inspected with. */
export function areasOf({ trace, askedFor }: Current): Areas | null {
  return trace?.verdict.settings.areas ?? askedFor?.recipe?.areas ?? null;
}

/** A defect's mark has the region's id; an inspected region is the rectangle its step drew. */
function isMarkOf(mark: SceneMark, region: Region): boolean {
  return mark.id === region.id || mark.box.every((value, index) => value === region.box[index]);
}

function markOf(scene: Scene, region: Region): string | null {
  return scene.marks.find((mark) => isMarkOf(mark, region))?.id ?? null;
}

/** The region of the verdict that a mark stands for, or null. */
export function regionOfMark(context: StudioContext, markId: string): string | null {
  const { current } = context.store.getState();
  if (!current) return null;
  const mark = sceneOf(context, current).marks.find(({ id }) => id === markId);
  return (mark && current.run.verdict?.regions.find((region) => isMarkOf(mark, region))?.id) ?? null;
}

export function sceneOf({ playhead }: StudioContext, current: Current): Scene {
  return sceneAt(current.run, playhead.t(), current.size);
}

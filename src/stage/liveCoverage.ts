/** What was seen of the part, of the area that the recipe has inspected from the first step on. Pure. */
import { WHOLE_IMAGE } from '@agentiad/core/image/areas.ts';
import { coverageShare } from '@agentiad/core/image/coverage.ts';
import type { SceneCoverage } from '@agentiad/core/replay/sceneTypes.ts';
import type { Current } from '../state/studioState.ts';
import { areasOf } from './stageInput.ts';

/** A scene knows the areas from the verdict alone; until there is one, what was asked for tells them. */
export function liveCoverage(current: Current, coverage: SceneCoverage): SceneCoverage {
  if (current.run.verdict) return coverage;
  return { ...coverage, share: coverageShare(current.size, coverage.boxes, areasOf(current) ?? WHOLE_IMAGE) };
}

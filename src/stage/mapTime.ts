/** When the evidence map lies over the part. Pure. */
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import type { MapTime } from '../state/preferences.ts';

export function isMapShown(time: MapTime, scene: Pick<Scene, 'map' | 'evidence'>): boolean {
  return mapPresence(time, scene) > 0;
}

/** 0..1: how far the last map there is has faded in; the animation is the scene's. */
export function mapPresence(time: MapTime, { map, evidence }: Pick<Scene, 'map' | 'evidence'>): number {
  if (time === 'never' || !evidence) return 0;
  // A map that stays fades in once, with the step that made it.
  if (time === 'always') return map && map.values === evidence.values ? Math.max(map.opacity, 0.01) : 1;
  return map?.opacity ?? 0;
}

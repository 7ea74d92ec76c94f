/** The stage in one sentence, for those who do not see it. */
import type { Scene, SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import type { TFunction } from 'i18next';
import type { Current } from '../state/studioState.ts';
import { markedPeak, pixelOf } from './evidenceMap.ts';

export function describeScene(
  current: Pick<Current, 'name' | 'size'>,
  scene: Scene,
  /** The evidence map that lies over the part, if one does. */
  map: SceneMap | null,
  t: TFunction<'stage'>,
): string {
  const { width, height } = current.size;
  const places = scene.marks.filter((mark) => mark.number !== null).length;
  const peak = map && markedPeak(map);
  const refused = scene.marks.find((mark) => mark.failed);
  return [
    t('describe', { name: current.name, width, height, turn: scene.turn }),
    places > 0 ? t('describePlaces', { count: places }) : '',
    peak ? t('describePeak', pixelOf(peak)) : '',
    scene.compare ? t('describeCompared', { name: scene.compare.image.source.name }) : '',
    refused ? t('describeRefused', { cause: refused.note }) : '',
  ].join('');
}

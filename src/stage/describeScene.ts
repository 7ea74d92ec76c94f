/** The stage in one sentence, for those who do not see it. */
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import type { TFunction } from 'i18next';
import type { Current } from '../state/studioState.ts';

export function describeScene(current: Pick<Current, 'name' | 'size'>, scene: Scene, t: TFunction<'stage'>): string {
  const { width, height } = current.size;
  const places = scene.marks.filter((mark) => mark.number !== null).length;
  const refused = scene.marks.find((mark) => mark.failed);
  return [
    t('describe', { name: current.name, width, height, turn: scene.turn }),
    places > 0 ? t('describePlaces', { count: places }) : '',
    scene.compare ? t('describeCompared', { name: scene.compare.image.source.name }) : '',
    refused ? t('describeRefused', { cause: refused.note }) : '',
  ].join('');
}

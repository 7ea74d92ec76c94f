/** The regions of the verdict as a list of buttons: what the stage shows, reachable without seeing or pointing. */
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import { isOriginUnknown } from '@agentiad/core/replay/regionOrigin.ts';
import { useTranslation } from 'react-i18next';
import { hoverRegion, toggleRegion } from '../state/actions/select.ts';
import { typeWords } from '../state/words.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';

export function RegionList() {
  const context = useStudio();
  const { t } = useTranslation('stage');
  const regions = useStudioState((state) => state.current?.run.verdict?.regions);
  const selected = useStudioState((state) => state.selected?.regionId ?? null);
  if (!regions?.length) return null;
  const defects = regions.filter(({ kind }) => kind === 'defect');
  const words = (region: Region) =>
    isOriginUnknown(region) ? t('region.originUnknown', { region: placeWords(region) }) : placeWords(region);
  const placeWords = (region: Region) => {
    const [x, y, right, bottom] = region.box;
    const box = t('region.box', { x, y, width: right - x, height: bottom - y });
    if (region.kind === 'inspected') return t('region.inspected', { box });
    const label = region.label === null ? t('region.unnamed') : typeWords(region.label);
    return `${t('region.defect', { number: defects.indexOf(region) + 1, label })}, ${box}`;
  };
  return (
    <ol className="region-list" aria-label={t('regions')}>
      {regions.map((region) => (
        <li key={region.id}>
          <button
            type="button"
            aria-pressed={region.id === selected}
            onClick={() => toggleRegion(context, region.id)}
            onFocus={() => hoverRegion(context, region.id)}
            onBlur={() => hoverRegion(context, null)}
          >
            {words(region)}
          </button>
        </li>
      ))}
    </ol>
  );
}

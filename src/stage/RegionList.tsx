/** The regions of the verdict as a list of buttons: what the stage shows, reachable without seeing or pointing. */
import type { Box } from '@agentiad/core/image/box.ts';
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import { isOriginUnknown } from '@agentiad/core/replay/regionOrigin.ts';
import { useTranslation } from 'react-i18next';
import { beginCorrecting, selectCorrected } from '../state/actions/correct.ts';
import { hoverRegion, toggleRegion } from '../state/actions/select.ts';
import { typeWords } from '../state/words.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';

export function RegionList() {
  const context = useStudio();
  const { t } = useTranslation('stage');
  const regions = useStudioState((state) => state.current?.run.verdict?.regions);
  const selected = useStudioState((state) => state.selected?.regionId ?? null);
  const kept = useStudioState((state) => state.corrections[state.current?.runId ?? '']?.regions);
  if (!regions?.length && !kept?.length) return null;
  const defects = (regions ?? []).filter(({ kind }) => kind === 'defect');
  const words = (region: Region) =>
    isOriginUnknown(region) ? t('region.originUnknown', { region: placeWords(region) }) : placeWords(region);
  const edit = (index: number) => {
    beginCorrecting(context);
    selectCorrected(context, index);
  };
  const boxWords = ([x, y, right, bottom]: Box) => t('region.box', { x, y, width: right - x, height: bottom - y });
  const placeWords = (region: Region) => {
    const box = boxWords(region.box);
    if (region.kind === 'inspected') return t('region.inspected', { box });
    const label = region.label === null ? t('region.unnamed') : typeWords(region.label);
    return `${t('region.defect', { number: defects.indexOf(region) + 1, label })}, ${box}`;
  };
  return (
    <ol className="region-list" aria-label={t('regions')}>
      {regions?.map((region) => (
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
      {kept?.map(({ box, type }, index) => (
        <li key={`kept-${index}`}>
          <button type="button" onClick={() => edit(index)}>
            {t('region.corrected', { number: index + 1, label: type === null ? t('region.unnamed') : typeWords(type) })}
            , {boxWords(box)}
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Says that the image has more than 8 bits and which of its samples are shown from black to white; opens the choice. */
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { ChipPopover } from '../../ui/ChipPopover.tsx';
import { WindowLevelChoice } from './WindowLevelChoice.tsx';
import './windowLevel.css';

export function WindowLevelChip() {
  const { t } = useTranslation('stage');
  const current = useStudioState((state) => state.current);
  const deep = useStudioState((state) => (state.current ? state.windows[state.current.sha256] : undefined));
  if (!current || !deep) return null;
  const { bitDepth, level } = deep;
  const [low, high] = [formatNumber(level.low), formatNumber(level.high)];
  return (
    <ChipPopover
      className="window-chip"
      side="top"
      align="start"
      title={t('window.title')}
      trigger={
        <>
          <TriangleAlert size={15} /> {t('window.chip', { bits: bitDepth, low, high })}
        </>
      }
    >
      <WindowLevelChoice current={current} deep={deep} />
    </ChipPopover>
  );
}

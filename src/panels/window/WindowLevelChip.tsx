/** Says that the image has more than 8 bits and which of its samples are shown from black to white; opens the choice. */
import * as Popover from '@radix-ui/react-popover';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { useStudioState } from '../../state/useStudio.ts';
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
    <Popover.Root>
      <Popover.Trigger className="window-chip">
        <TriangleAlert size={15} /> {t('window.chip', { bits: bitDepth, low, high })}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('window.title')}
        >
          <WindowLevelChoice current={current} deep={deep} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** How the part is compared with a good one: off, side by side, curtain, difference. */
import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { Blinds, Columns2, Contrast, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { setCompareMode } from '../../state/actions/compare.ts';
import { COMPARE_MODES, type CompareMode } from '../../state/compareState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { useKeyHint } from '../../ui/keyHints.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import './compare.css';

const ICONS: Readonly<Record<CompareMode, ReactNode>> = {
  off: <Square size={15} />,
  side: <Columns2 size={15} />,
  curtain: <Blinds size={15} className="compare-turned" />,
  difference: <Contrast size={15} />,
};

export function CompareSwitch() {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const mode = useStudioState((state) => state.compare.mode);
  const hint = useKeyHint('compare');
  return (
    <ToggleGroup.Root
      className="compare-switch"
      type="single"
      value={mode}
      aria-label={t('compare')}
      aria-keyshortcuts={hint?.aria}
      onValueChange={(value) => {
        const chosen = COMPARE_MODES.find((known) => known === value);
        if (chosen) setCompareMode(context, chosen);
      }}
    >
      {COMPARE_MODES.map((name) => (
        <Tooltip key={name} text={t(`modeMeaning.${name}`)} caps={hint?.caps}>
          <ToggleGroup.Item value={name} aria-label={t(`mode.${name}`)}>
            {ICONS[name]}
          </ToggleGroup.Item>
        </Tooltip>
      ))}
    </ToggleGroup.Root>
  );
}

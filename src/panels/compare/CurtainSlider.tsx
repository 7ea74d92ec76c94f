/** The curtain's divider: a slider over the stage, for pointer and arrow keys. The camera does not move with it. */
import * as Slider from '@radix-ui/react-slider';
import { MoveHorizontal } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatShare } from '../../i18n/words.ts';
import { moveDivider } from '../../state/actions/compare.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

/** Fine enough that dragging is smooth. */
const STEPS = 1000;
const KEY_STEP = 0.02;

export function CurtainSlider() {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const divider = useStudioState((state) => state.compare.divider);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    moveDivider(context, divider + by * (event.shiftKey ? 5 : 1));
  };
  return (
    <Slider.Root
      className="curtain"
      min={0}
      max={STEPS}
      value={[Math.round(divider * STEPS)]}
      onValueChange={([value]) => value !== undefined && moveDivider(context, value / STEPS)}
    >
      <Slider.Thumb
        className="curtain-thumb"
        aria-label={t('divider')}
        aria-valuetext={t('dividerText', { share: formatShare(divider) })}
        onKeyDown={onKeyDown}
      >
        <span className="curtain-handle">
          <MoveHorizontal size={16} aria-hidden="true" />
        </span>
      </Slider.Thumb>
    </Slider.Root>
  );
}

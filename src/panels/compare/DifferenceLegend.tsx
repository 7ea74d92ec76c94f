/** What the colours of the difference view mean, in grey levels, and what was done before subtracting. */
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import type { ShownComparison } from '../../stage/compareInput.ts';
import { DIFFERENCE_SCALE, differenceRampCss } from '../../stage/compareScale.ts';
import { setDifferenceOpacity } from '../../state/actions/compare.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { OpacitySlider } from '../../ui/OpacitySlider.tsx';

export function DifferenceLegend({ shown }: { readonly shown: ShownComparison }) {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const opacity = useStudioState((state) => state.compare.opacity);
  const { alignment } = shown;
  const difference = alignment?.state === 'done' ? alignment.alignment.difference : null;
  if (!difference) return null;
  const { from, to, ticks } = DIFFERENCE_SCALE;
  const [red, green, blue] = difference.brightness.map((offset) => formatNumber(offset, { signDisplay: 'exceptZero' }));
  return (
    <figure className="difference-legend">
      <figcaption>{t('legend.title')}</figcaption>
      <div className="map-legend-ramp" style={{ background: differenceRampCss() }} />
      <div className="map-legend-ticks">
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${((tick - from) / (to - from)) * 100}%` }}>
            {tick === to ? t('legend.orMore', { tick: formatNumber(tick) }) : formatNumber(tick)}
          </span>
        ))}
      </div>
      <p>{t('legend.meaning', { red, green, blue })}</p>
      <OpacitySlider
        label={t('legend.opacity')}
        value={opacity}
        onChange={(value) => setDifferenceOpacity(context, value)}
      />
    </figure>
  );
}
